"""A release: data of a time that can be cited, as one folder.

views ─ rows of the time, sorted, texts as digests ─▶ Parquet ─┐
comments of the columns ─ codebook, datapackage.json, Croissant ─┴▶ folder, the same byte for byte when rebuilt
"""
