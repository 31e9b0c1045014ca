-- name: make_revisits_due(urls)!
-- Makes articles due to be looked at again: for weeks that are played, whose time is not the present.
update news.article set revisit_at = now() where revisit_at > now() and url = any (:urls);
