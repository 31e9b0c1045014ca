"""Texts written for the tests: reports of a made-up coast guard affair, and words to make more of."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

PATROL = """\
PORT ALMA (AP) — The coast guard of Norland sent two cutters to the Gull Shoals on Monday after a survey vessel from
neighbouring Vestria anchored there without notice, officials in both capitals said.
The survey vessel, the 92-metre Meridian Star, had spent four days mapping the seabed along a line that both countries
claim. Its captain told harbour control by radio that he was waiting for better weather and for a part of the sonar.
Norland's transport minister, Ada Brandvold, said the ship would be asked to leave by Wednesday and that no force was
planned. She called the visit careless and promised to publish the radio log in full.
Vestria's embassy answered that the vessel was on a civilian mission agreed with the regional fisheries council, and
that an invitation to inspect it had gone unanswered for a week.
Fishing crews in the nearby town of Kettle Bay said they had moved their nets to avoid the anchor chains. About 40 boats
work the shoals in spring, when cod pass through on the way to deeper water.
The two countries signed an accord on surveys in 2019, but a list of places that need notice was never completed.
Talks on that list are due to resume in the second half of April."""

BUDGET = """\
The city council of Merrow adopted a budget of 310 million crowns late on Thursday, after a debate of nine hours in
which the plan for a tram to the hospital came close to failure.
Members voted 23 to 20 to keep the tram and to pay for it with a higher charge on parking in the old town.
The mayor said the first rails would be laid before winter. The opposition announced that it would ask a court whether a
charge on residents needs a vote of its own.
Shopkeepers around the market had collected 6,000 signatures against the charge. They fear that customers will drive to
the new centre at the ring road instead.
The budget also closes two libraries and hires eleven teachers for the schools in the north of the city."""

WORDS = re.findall(
    r"\w+",
    """
    river market signal harvest engine ribbon theatre copper window glacier senate orchard pilot lantern fabric quarry
    meadow violin barrel compass feather granite island jacket kettle ladder marble needle oyster parade quiver rocket
    saddle timber umbrella velvet walnut yellow zipper anchor bridge candle desert ember forest garden hammer
    """,
)


def own_text(seed: int, sentences: int = 12) -> str:
    """A text like no other: `seed` decides it."""
    chance = random.Random(seed)
    return "\n".join(
        " ".join([f"{chance.choice(WORDS).title()}{seed}", *chance.choices(WORDS, k=chance.randint(9, 16))]) + "."
        for _ in range(sentences)
    )


def paragraphs(text: str, *numbers: int) -> str:
    """Some of the lines of `text`, counted from 0."""
    lines = text.split("\n")
    return "\n".join(lines[number] for number in numbers)


PATROL_ES = """\
PORT ALMA (AP) — La guardia costera de Norland envió el lunes dos patrulleras a los bajos de Gull Shoals después de
que un buque de investigación de la vecina Vestria fondeara allí sin aviso, dijeron funcionarios de ambas capitales.
El buque, el Meridian Star, de 92 metros, había pasado cuatro días cartografiando el fondo marino a lo largo de una
línea que reclaman los dos países. Su capitán dijo por radio al control del puerto que esperaba mejor tiempo y una
pieza del sonar. La ministra de Transporte de Norland, Ada Brandvold, dijo que se pediría al buque que se marchara
antes del miércoles y que no se preveía usar la fuerza. Calificó la visita de descuidada y prometió publicar entero
el registro de radio. La embajada de Vestria respondió que el buque cumplía una misión civil acordada con el consejo
regional de pesca y que una invitación a inspeccionarlo llevaba una semana sin respuesta. Las tripulaciones
pesqueras del vecino pueblo de Kettle Bay dijeron que habían movido sus redes para esquivar la cadena del ancla.
Unas 40 embarcaciones faenan en los bajos en primavera. Los dos países firmaron en 2019 un acuerdo sobre
investigaciones, pero la lista de lugares que exigen aviso no se completó. Las conversaciones sobre esa lista se
reanudarán en la segunda mitad de abril."""

PATROL_ZH = """\
美联社阿尔马港3月2日电 诺兰和维斯特里亚两国官员说，
诺兰海岸警卫队周一向鸥滩派出两艘巡逻船，此前邻国维斯特里亚的一艘测量船未经通知在那里抛锚。
这艘长92米的测量船“子午之星”号已用四天时间沿两国都主张的界线测绘海底。
船长通过无线电告诉港口管制部门，他在等待天气好转和一个声呐零件。
诺兰交通部长艾达·布兰德沃尔德说，将要求该船在周三之前离开，没有动用武力的计划。
她称这次来访轻率，并承诺公布全部无线电记录。
维斯特里亚大使馆回应说，该船执行的是与地区渔业委员会商定的民用任务，登船检查的邀请一周来无人答复。
附近水壶湾的渔民说，他们移走了渔网以避开锚链。
春季约有40艘船在鸥滩作业。
两国2019年签署了测量协议，但需要通知的地点清单一直没有完成。
关于这份清单的谈判定于4月下半月恢复。"""

PATROL_OWN_REPORT = """\
KETTLE BAY — Every morning this week Jon Aasen has looked for the orange hull of the Meridian Star before he sets
his nets, and every morning it has been there, a mile off the Gull Shoals. Mr. Aasen is one of the 40 or so skippers
who fish here in spring. On Wednesday they will sail out together, he said, whether or not the coast guard of
Norland has sent the ship home by then. In Vestria, newspapers printed a photograph of the vessel on their front
pages and wrote of a provocation. The government in Port Alma, under Ada Brandvold, the transport minister, has kept
its voice down since Monday. What worries people in the harbour is not the survey, the harbour master said, but what
comes after it: in 2017 a drilling rig followed, and it stayed for 11 months."""


@dataclass(frozen=True)
class Entry:
    id: str
    kind: str


@dataclass(frozen=True)
class Named:
    entry: Entry
    start: int
    end: int


class Names:
    """A lexicon of the made-up coast."""

    ENTRIES = {
        ("norland", "actor"): ["Norland", "诺兰"],
        ("vestria", "actor"): ["Vestria", "维斯特里亚"],
        ("gull_shoals", "place"): ["Gull Shoals", "鸥滩"],
        ("kettle_bay", "place"): ["Kettle Bay", "水壶湾"],
        ("port_alma", "place"): ["Port Alma", "PORT ALMA", "阿尔马港"],
        ("meridian_star", "vessel"): ["Meridian Star", "子午之星"],
        ("brandvold", "person"): ["Ada Brandvold", "艾达·布兰德沃尔德"],
        ("coast_guard", "term"): ["coast guard", "guardia costera", "海岸警卫队"],
        ("embassy", "term"): ["embassy", "embajada", "大使馆"],
    }

    def find(self, text, language):
        for (name, kind), aliases in self.ENTRIES.items():
            for alias in aliases:
                start = text.find(alias)
                while start >= 0:
                    yield Named(Entry(name, kind), start, start + len(alias))
                    start = text.find(alias, start + 1)
