"""Agency credits and datelines in English, Spanish and Chinese."""

from __future__ import annotations

import pytest

from wirewatch.text.agencies import agency_of, wire_credit

BODY = "\nThe ministers met again in the afternoon, and agreed to meet once more."


@pytest.mark.parametrize(
    ("text", "wire", "dateline"),
    [
        ("BEIJING, June 3 (Xinhua) -- Ministers met." + BODY, "Xinhua", "BEIJING, June 3"),
        ("PALM BEACH, Fla. (AP) — The agency moved." + BODY, "AP", "PALM BEACH, Fla."),
        ("WASHINGTON/MOSCOW (Reuters) - The two met." + BODY, "Reuters", "WASHINGTON/MOSCOW"),
        ("(Reuters) - The two met." + BODY, "Reuters", None),
        ("MOSCOW, May 26. /TASS/. Ministers met." + BODY, "TASS", "MOSCOW, May 26"),
        ("Hong Kong (AFP) – The port closed." + BODY, "AFP", "Hong Kong"),
        ("Washington, 3 jun (EFE).- El ministro habló." + BODY, "EFE", "Washington, 3 jun"),
        ("Pekín, 3 de junio (Xinhua) -- El ministro habló." + BODY, "Xinhua", "Pekín, 3 de junio"),
        ("GENEVA, March 4 (Skyline) - An agency that no list knows." + BODY, "Skyline", "GENEVA, March 4"),
        ("新华社北京6月3日电 外交部发言人说。\n下文。", "Xinhua", "北京6月3日"),
        ("（中央社記者王小明台北3日電）國防部今天說。\n下文。", "CNA", "台北3日"),
        ("（中央社台北3日綜合外電報導）國防部今天說。", "CNA", "台北3日"),
        ("（路透華盛頓3日電）國防部今天說。", "Reuters", "華盛頓3日"),
        ("【共同社6月3日电】日本政府说。", "Kyodo", "6月3日"),
        ("据美联社华盛顿3月3日报道，官员结束了会谈。", "AP", "华盛顿3月3日"),
        ("By JANE DOE, Associated Press" + BODY, "AP", None),
        ("The ministers met.\nSource: Xinhua", "Xinhua", None),
        ("El ministro habló.\nFuente: EFE", "EFE", None),
        ("部长会见了代表团。\n来源：新华社", "Xinhua", None),
        ("The ministers met.\n© 2026 The Associated Press. All rights reserved.", "AP", None),
        ("The ministers met.\n(Reporting by Jane Doe in Tokyo and Ann Roe; Editing by John Poe)", "Reuters", None),
        ("WASHINGTON — Our own reporter writes." + BODY, None, "WASHINGTON"),
        ("By Lolita C. Baldor, The Associated Press" + BODY, "AP", None),
        ("By MATTHEW LEE AP Diplomatic Writer" + BODY, "AP", None),
        ("Jane Doe, Associated Press" + BODY, "AP", None),
        ("AFP, BEIJING" + BODY, "AFP", None),
        ("KYODO NEWS - Jun 3, 2024 - 10:00 | All, Japan" + BODY, "Kyodo", None),
        ("Washington (EFE)" + BODY, "EFE", "Washington"),
        ("MADRID, 3 (EUROPA PRESS)" + BODY, "Europa Press", "MADRID, 3"),
        ("ROME, JUN 3 - (ANSA) Ministers met." + BODY, "ANSA", "ROME, JUN 3"),
        ("Berlin (dpa/tmn) - Die Minister sprachen." + BODY, "dpa", "Berlin"),
        ("Por Jane Doe\n3 jun (Reuters) - El ministro habló." + BODY, "Reuters", "3 jun"),
        ("El ministro habló.\n(Reporte de Jane Doe; editado en español por Ann Roe)", "Reuters", None),
        ("SEOUL, June 3 (Yonhap) -- Ministers met." + BODY, "Yonhap", "SEOUL, June 3"),
        ("New Delhi, Jun 3 (PTI) Ministers met." + BODY, "PTI", "New Delhi, Jun 3"),
        ("New Delhi [India], June 3 (ANI): Ministers met." + BODY, "ANI", "New Delhi [India], June 3"),
        ("北京6月3日电（新华社记者王明）外交部说。", "Xinhua", "北京6月3日"),
        ("华盛顿（美联社）— 官员结束了会谈。", "AP", "华盛顿"),
        ("路透华盛顿6月3日 - 官员结束了会谈。", "Reuters", "华盛顿6月3日"),
        ("韩联社首尔6月3日电 部长会谈。", "Yonhap", "首尔6月3日"),
        ("中央通訊社\n國防部今天說。", "CNA", None),
    ],
)
def test_credits(text, wire, dateline):
    assert wire_credit("A headline", text) == (wire, dateline)


@pytest.mark.parametrize(
    "text",
    [
        "A guard outside the embassy on Sept. 12, 2020. (Jane Doe/AFP via Getty Images)" + BODY,
        "Ministers leave the hall in Samarkand, on Sept. 16, 2022. (Pool Photo via AP)" + BODY,
        "FILE (AP) - A ship at anchor." + BODY,
        "A source told Reuters that the ministers would meet." + BODY,
        "据新华社报道，部长会见了代表团。",
        "部长（新华社记者问到此事时）没有回答。",
        "Talks resumed after a call, Reuters" + BODY.replace("\n", " said: "),
        "El ministro habló.\nCon información de EFE",
        "The ministers met.\nThe Associated Press contributed to this report.",
        "The ministers met in the hall of the palace that stands in the old town (AP) and left.",
        "",
    ],
)
def test_what_is_no_credit_of_the_text(text):
    assert wire_credit("A headline", text) == (None, None)


@pytest.mark.parametrize(
    ("authors", "wire"),
    [
        (["The Associated Press"], "AP"),
        (["Jane Doe", "John Roe, Reuters"], "Reuters"),
        (["新华社记者王明"], "Xinhua"),
        (["Agencia EFE"], "EFE"),
        (["Jane Doe", "AFP via Getty Images"], None),
        (["Appleby Apt"], None),
    ],
)
def test_bylines(authors, wire):
    assert wire_credit("A headline", "The ministers met." + BODY, authors)[0] == wire


@pytest.mark.parametrize(
    ("outlet", "agency"),
    [
        ("reuters.com", "Reuters"),
        ("in.reuters.com", "Reuters"),
        ("The Associated Press", "AP"),
        ("associated_press", "AP"),
        ("中央社", "CNA"),
        ("harbor_ledger", None),
        ("notreuters.com", None),
    ],
)
def test_agencies_own_outlets(outlet, agency):
    assert agency_of(outlet) == agency
