"""What every room needs to read text and no room owns (pure).

encoding   bytes → characters          urls       addresses: cleaned, keyed, their host
language   which language a text is in  dates      dates as people and machines print them
html       markup → lines               folding    forms of one letter or word → one
names      states, cities, people       sentences  where sentences end
agencies   who a text credits
"""
