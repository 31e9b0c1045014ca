# A first look at this release: independent reports a day, and who is copied most. Needs the package arrow.
library(arrow)

data <- file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))), "data")
tagged <- as.data.frame(read_parquet(file.path(data, "tagged.parquet")))
core <- tagged[tagged$relevance == "core" & tagged$is_origin, ]
cat("independent core reports\n")
print(table(core$day))

articles <- as.data.frame(read_parquet(file.path(data, "articles.parquet"), col_select = c("article_id", "outlet")))
reports <- as.data.frame(read_parquet(file.path(data, "reports.parquet"), col_select = "source_article_id"))
sources <- articles$outlet[match(reports$source_article_id, articles$article_id)]
cat("copied most\n")
print(head(sort(table(sources), decreasing = TRUE), 5))
