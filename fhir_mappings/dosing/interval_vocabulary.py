"""The words by which intervals are said, in the languages of records whose words are unmistakable:
English, German, French, Spanish, Italian, Portuguese, Dutch, Swedish, Danish and Norwegian.

All in lower case and without accents, as `fold` leaves them. A word that means two things in a
dosage ("to" is two in Danish) is left out.
"""

from __future__ import annotations

import re
import unicodedata

NUMBERS: dict[str, int] = {
    word: number
    for number, words in {
        1: "one ein eine einen une un una uno uma een en ett",
        2: "two zwei deux dos due dois duas twee tva",
        3: "three drei trois tres tre drie",
        4: "four vier quatre cuatro quattro quatro fyra fire",
        5: "five funf fuenf cinq cinco cinque vijf fem",
        6: "six sechs seis zes sex seks",
        7: "seven sieben",
        8: "eight acht huit ocho oito otto atta otte",
        9: "nine neun",
        10: "ten zehn dix diez dieci dez tien tio",
        11: "eleven elf",
        12: "twelve zwolf zwoelf douze doce dodici doze twaalf tolv",
        14: "fourteen vierzehn quatorze",
        30: "thirty dreissig trente treinta trenta",
        90: "ninety",
    }.items()
    for word in words.split()
}

ORDINALS: dict[str, int] = {
    word: number
    for number, words in {
        2: "other second 2nd 2. zweite zweiten zweiter deuxieme andere anden annen annan 2:a",
        3: "third 3rd 3. dritte dritten dritter troisieme tredje 3:e derde",
        4: "fourth 4th 4. vierte vierten vierter fjerde 4:e vierde",
        6: "sixth 6th 6. sechste sechsten sechster sjatte 6:e",
        8: "eighth 8th 8. achte achten achter 8:e",
        12: "twelfth 12th 12. zwolfte zwolften 12:e",
    }.items()
    for word in words.split()
}

UNITS: dict[str, str] = {
    word: unit
    for unit, words in {
        "hour": "hour hours hr hrs h stunde stunden heure heures hora horas ora ore uur uren timme "
        "timmar timer",
        "day": "day days d tag tage tagen jour jours dia dias giorno giorni dag dagen dagar dage "
        "dager dagarna",
        "week": "week weeks wk wks woche wochen wo semaine semaines semana semanas settimana "
        "settimane weken vecka veckor veckan uge uger ugen uke uker uken",
        "month": "month months mth mths mo mos monat monate monaten mois mes meses mese mesi "
        "maand maanden mnd manad manader manaden maned maneder maneden",
        "year": "year years yr yrs jahr jahre jahren ans annee annees ano anos anno anni jaar ar",
    }.items()
    for word in words.split()
}

ADVERBS: dict[str, str] = {
    word: unit
    for unit, words in {
        "day": "daily taglich taeglich quotidien quotidienne quotidiennement diario diaria "
        "diariamente quotidianamente dagelijks dagligen dagligt daglig dagl tgl",
        "hour": "hourly stundlich stuendlich",
        "week": "weekly wkly wochentlich woechentlich hebdomadaire semanal semanalmente "
        "settimanale settimanalmente wekelijks ugentlig ugentligt ukentlig",
        "month": "monthly mthly monatlich mensuel mensuelle mensuellement mensual mensualmente "
        "mensile mensilmente mensal mensalmente maandelijks manedlig manedligt",
        "year": "yearly yrly annually jahrlich jaehrlich annuel annuelle anual annuale jaarlijks "
        "arlig arligt",
    }.items()
    for word in words.split()
}

EVERY = (
    "every|each|at intervals of|im abstand von|alle|jede|jeden|jeder|jedes|tous les|toutes les|"
    "chaque|a cada|cada|ogni|elke|iedere|om de|c/|varje|var|hver|hvert"
)
TIMES = "x|times?|mal|fois|vez|veces|volta|volte|vezes|keer|maal|gang|gange|ganger|ggr"
PER = (
    "a|an|per|im(?= (?:monat|jahr))|each|every|pro|par|por|por la|al|a la|alla|ao|in der|am|om|i|/"
)
TO = "-|to|bis|a|tot|till|til|or"

ONCE: dict[str, int] = {
    "once": 1,
    "twice": 2,
    "thrice": 3,
    "einmal": 1,
    "zweimal": 2,
    "dreimal": 3,
    "viermal": 4,
    "eenmaal": 1,
    "tweemaal": 2,
    "driemaal": 3,
}

EVERY_OTHER: dict[str, str] = {
    "day": "(?:on |every )?(?:alternate|alternating|alt\\.?) days?|alternative days|"
    "(?:un|1) jour sur (?:deux|2)|dias alternos|dias alternados|giorni alterni|"
    "a giorni alterni|om de dag|varannan dag|annenhver dag|hveranden dag",
    "week": "fortnightly|(?:once )?(?:every|each|(?<!over )(?<!within )a|per) fortnight|"
    "alternate weeks?|"
    "(?:une|1) semaine sur (?:deux|2)|om de week|varannan vecka|annenhver uke|hveranden uge|"
    "14 ?-? ?(?:taglich|tagig|taegig|tagige)",
    "month": "alternate months?|(?:un|1) mois sur (?:deux|2)|om de maand|varannan manad|"
    "annenhver maned|hveranden maned",
}
"""Phrases for every second day, week and month. "Biweekly", "bimonthly" and "semi-monthly" mean two
things and are left out.
"""

QUARTERLY = (
    "(?:(?:1 ?x|einmal) )?(?:im|pro|je|jedes) quartal|"
    "(?:(?:1 ?x|once|(?:1|une) fois) )?(?:per|a|each|par|elk) (?:quarter|trimestre|kwartaal)|"
    "quarterly|every quarter|vierteljahrlich|vierteljaehrlich|quartalsweise|trimestriel|"
    "trimestrielle|trimestral|trimestrale|driemaandelijks|kvartalsvis"
)

HALF_YEARLY = (
    "half ?-? ?yearly|(?:(?:1 ?x|einmal) )?(?:im|pro|jedes) halbjahr|halbjahrlich|halbjaehrlich|"
    "semestral|semestriel|halvarsvis"
)

DAYTIMES = (
    "(?:(?:every|each|in the|at|le|la|al|por la|a la|om|til) )?(?:morning|night|evening|bedtime|"
    "noon|lunchtime|mane|nocte|nightly|morgens|mittags|abends|matin|midi|soir|mattina|sera|manana|noche)"
)
"""A time of day; two of them are two doses a day."""

ONE_DOSE = "stat|single dose|one dose only|once only|one ?-? ?off(?: dose)?|einmalig|dose unique"

WEEKDAYS: dict[str, str] = {
    word: day
    for day, words in {
        "mon": "mon mondays? monday mo montag montags lundi lunes lunedi maandag mandag",
        "tue": "tue tues tuesdays? di dienstag dienstags mardi martes martedi dinsdag tisdag "
        "tirsdag",
        "wed": "wed weds wednesdays? mi mittwoch mittwochs mercredi miercoles mercoledi woensdag "
        "onsdag",
        "thu": "thu thur thurs thursdays? do donnerstag donnerstags jeudi jueves giovedi "
        "donderdag torsdag",
        "fri": "fri fridays? fr freitag freitags vendredi viernes venerdi vrijdag fredag",
        "sat": "sat saturdays? sa samstag samstags samedi sabado sabato zaterdag lordag",
        "sun": "sun sundays? so sonntag sonntags dimanche domingo domenica zondag sondag",
    }.items()
    for word in words.split()
}


def fold(text: str) -> str:
    """Return a text in lower case, without accents and with plain signs, spaces single."""
    plain = text.lower()
    if not plain.isascii():
        for sign, decimal in (("½", ".5"), ("¼", ".25"), ("¾", ".75")):
            plain = re.sub(rf"(?<!\d){sign}", f"0{decimal}", plain).replace(sign, decimal)
        plain = unicodedata.normalize("NFKD", plain.replace("×", "x").replace("ø", "o"))
        plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
        plain = re.sub(r"[\u2010-\u2015\u2212]", "-", plain.replace("ß", "ss").replace("μ", "u"))
    # "q.o.d." is one word, "i.m." too; a decimal point stays.
    plain = re.sub(r"(?<![a-z0-9])((?:[a-z]\.){1,3}[a-z])\b\.?", _without_dots, plain)
    return " ".join(plain.split())


def _without_dots(match: re.Match[str]) -> str:
    return match[1].replace(".", "")
