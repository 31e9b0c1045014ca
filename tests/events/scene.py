"""Reports written for the tests: a boarding at sea and what followed, in three languages, and other news of the day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from wirewatch.records import ArticleText

NOW = datetime(2026, 3, 5, 6, tzinfo=UTC)

# (hour, language, headline, lead, true event; None for what tells of no one event)
ROWS: list[tuple[float, str, str, str, str | None]] = [
    (0.0, "en", "Chinese coast guard boards Philippine supply boat near Second Thomas Shoal",
     "Coast guard officers boarded a wooden supply boat near the shoal on Thursday, Manila said.", "boarding"),
    (0.3, "en", "China's coast guard boards a Philippine boat at Second Thomas Shoal",
     "A supply boat bound for the grounded ship was boarded by Chinese officers early on Thursday.", "boarding"),
    (0.6, "es", "Guardia costera china aborda un barco filipino cerca del atolón Second Thomas Shoal",
     "Agentes chinos subieron a un barco de suministros filipino, según Manila.", "boarding"),
    (0.9, "en", "Philippine supply boat boarded by Chinese coast guard, Manila says",
     "The boat was carrying food to troops at Second Thomas Shoal when officers boarded it.", "boarding"),
    (1.2, "en", "Coast guard of China boards Philippine supply boat near shoal",
     "Four sailors were held for two hours after officers boarded the supply boat near Second Thomas Shoal.",
     "boarding"),
    (1.5, "zh", "中国海警在仁爱礁附近登上菲律宾补给船", "菲律宾方面称，中国海警周四在仁爱礁附近登上一艘补给船。",
     "boarding"),
    (2.0, "en", "What we know about the boarding of a Philippine boat by the Chinese coast guard",
     "How the supply boat came to be boarded near the shoal, and what may come next.", "boarding"),
    (9.0, "en", "Japan offers the Philippines two patrol ships after the boarding of its boat",
     "Tokyo's defence minister said the ships could sail in April; the offer had been discussed for a year.", "offer"),
    (9.4, "en", "Tokyo offers two patrol ships to the Philippines, to sail in April",
     "The defence minister of Japan made the offer of patrol ships on Thursday evening.", "offer"),
    (0.5, "en", "Merrow adopts budget with tram to the hospital",
     "The city council of Merrow voted 23 to 20 for the tram and a higher charge on parking.", "budget"),
    (1.1, "en", "City council of Merrow votes for tram in budget of 310 million crowns",
     "After nine hours members voted 23 to 20 to keep the tram to the hospital.", "budget"),
    (3.0, "en", "Morning briefing: boat boarded, tram approved", "The five things to know today.", None),
    (4.0, "en", "News quiz: how closely did you follow the week?", "Ten questions about boats and trams.", None),
]  # fmt: skip


def articles() -> list[ArticleText]:
    """The reports as articles, in order of time."""
    return [
        ArticleText(
            id=f"r{number}",
            title=title,
            text=lead,
            url=f"https://outlet{number}.example/{number}",
            outlet=f"outlet{number}",
            published_at=NOW + timedelta(hours=hour),
            first_seen_at=NOW + timedelta(hours=hour, minutes=5),
            language=language,
        )
        for number, (hour, language, title, lead, _) in enumerate(ROWS)
    ]


def truth() -> dict[str, str | None]:
    """The true event of each."""
    return {f"r{number}": row[4] for number, row in enumerate(ROWS)}
