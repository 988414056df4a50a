"""The words by which intervals are said, in the languages of records whose words are unmistakable:
English, German, French, Spanish, Italian, Portuguese, Dutch, Swedish, Danish and Norwegian.

All in lower case and without accents, as `fold` leaves them. A word that means two things in a
dosage ("to" is two in Danish) is left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

NUMBERS: dict[str, int] = {
    word: number
    for number, words in {
        1: "one ein eine einen une un una uno uma een en ett",
        2: "two zwei deux dos due dois duas twee tva",
        3: "three drei trois tres tre drie",
        4: "four vier quatre cuatro quattro quatro fyra fire",
        5: "five funf fuenf cinq cinco cinque vijf fem",
        6: "six sechs seis sei zes sex seks",
        7: "seven sieben",
        8: "eight acht huit ocho oito otto atta otte",
        9: "nine neun",
        10: "ten zehn dix diez dieci dez tien tio",
        11: "eleven elf",
        12: "twelve zwolf zwoelf douze doce dodici doze twaalf tolv",
        14: "fourteen vierzehn quatorze",
        20: "twenty",
        21: "twenty-one",
        28: "twenty-eight",
        30: "thirty dreissig trente treinta trenta",
        60: "sixty",
        90: "ninety",
    }.items()
    for word in words.split()
}

ORDINALS: dict[str, int] = {
    word: number
    for number, words in {
        2: "other second 2nd 2. zweite zweiten zweiter deuxieme andere anden annen annan 2:a",
        14: "fourteenth 14th 14. fjortonde 14:e",
        3: "third 3rd 3. dritte dritten dritter troisieme tredje 3:e derde",
        4: "fourth 4th 4. vierte vierten vierter fjerde fjarde 4:e vierde",
        6: "sixth 6th 6. sechste sechsten sechster sjatte sjette 6:e zesde",
        8: "eighth 8th 8. achte achten achter attonde ottende 8:e achtste",
        10: "tenth 10th 10. zehnte zehnten zehnter tionde tiende 10:e",
        12: "twelfth 12th 12. zwolfte zwolften zwolfter tolfte tolvte 12:e twaalfde",
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
        "maand maanden mnd manad manader manaden maned maneder maneden mdr mt mte",
        "year": "year years yr yrs jahr jahre jahren ans annee annees ano anos anno anni jaar ar "
        "aret",
    }.items()
    for word in words.split()
}

ADVERBS: dict[str, str] = {
    word: unit
    for unit, words in {
        "day": "daily taglich taeglich quotidien quotidienne quotidiennement diario diaria "
        "diariamente quotidianamente dagelijks daags dagligen dagligt daglig dagl dgl tagl "
        "tgl",
        "hour": "hourly hrly stundlich stuendlich",
        "week": "weekly wkly wochentlich wochentl woechentlich hebdomadaire semanal semanalmente "
        "settimanale settimanalmente wekelijks veckovis ugentlig ugentligt ukentlig",
        "month": "monthly mthly monatlich monatl mtl mensuel mensuelle mensuellement mensual "
        "mensualmente mensile mensilmente mensal mensalmente maandelijks manadsvis manedlig "
        "manedligt",
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
    "a|an|per|im(?= (?:monat|jahr))|each|every|pro|par|por|por la|al(?= (?:dia|mes|gior|an))|a la|"
    "alla|ao|in der|am|om|i|/"
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
    "eens": 1,
}

_DAY_OF_MONTH = r"(?:the )?(?:first|(?:[12]?\d|3[01])(?:st|nd|rd|th))(?: day)?"
_A_MONTH = r"(?:every|each|the) months?(?![a-z])"
_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:days?)?(?![a-z])"

SHORT_FORMS: tuple[tuple[str, str], ...] = (
    (r"(?:/ ?|\bpro |\bper )die(?! woche)", " per day"),
    (r"\bal di(?![a-z])(?! (?:sotto|sopra|fuori|la|qua)\b)", "al giorno"),
    (r"(?<=\bpo) die(?! woche)", " per day"),
    (r"\bam morgen", "morgens"),
    (r"\bhver ((?:\d{1,2}\.? ?|anden |annen )?)md(?![a-z])", r"hver \1mdr"),  # "per MD" is a person
    (r"/ ?j", "/jour"),
    (r"(?:/ ?|\bpar |\bpor |\bper )sem", " per week"),
    (r"/ ?trim", "/trimestre"),
    (r"\bpar an", "par annee"),
    (r"(?:(?<=mal)|(?<=\dx)|(?<= x)) die (?=woche)", " pro "),
    (r"\bvolte la (?=settimana)", "volte alla "),
    (r"\balle (\d{1,2}|zwei|drei|sechs) mon", r"alle \1 monate"),
    (r"(\d) ?gg(?= ?(?:(?:/|i |per |om ) ?)?(?:dag|veck|man))", r"\1 ggr"),
    (r"\b(ogni|per) (\d{1,2}) gg(?= ?(?:$|[,;:|)]|p[ou]i|im|sc))", r"\1 \2 giorni"),
    (r"\bgg (?=alterni)", "giorni "),
    (r"(\d (?:cpr?|cps|compress[ae]|fial[ae]|fl)) die(?![a-z]| woche)", r"\1 per day"),
    (r"/ ?man", "/manad"),
    (r"\bjd", "jeden"),
    (r"\bcalendar (?=months?)", ""),
    (r"\beveryday", "every day"),
    (r"(?<=\dx)(?=(?:d|days?|daily|wk|weeks?|weekly|mo|months?|monthly)(?![a-z]))", " "),
    (r"\bfor a (?=(?:week|month|year)(?![a-z]))", "for 1 "),
    (r"(?<=var \d:e )man", "manad"),
    (r"(\d) ?dd ?(?=\d)", r"\1 per day "),
    (r"(\d) ?dd", r"\1 per day"),
    (r"(?<![a-z.])(i(?=\. [mv])|s(?=\. c)|p(?=\. o))\. ([mvco])\.(?= |$)", r"\1\2"),
    (r"\b(?:todos (?:los|os) dias|tutti i giorni)", "every day"),
    (r"\b(?:todas? (?:las |as )?semanas?|tutte le settimane)", "every week"),
    (r"\b(?:todos (?:los|os) meses|tutti i mesi)", "every month"),
    (
        r"\b(?:en |em |a )?(?:un dia si,? (?:y )?(?:otro|un dia) no|un giorno si,? (?:e )?uno no)",
        "alternate days",
    ),
    (r"\bto (?=gange|uge|uke|maned|dage|tabletter|ampuller|kapsler)", "2 "),
    (r"(\d)(?:\.|:[ae])? ?- ?(\d)(?:\.|:[ae]) ?(?=man[ae]d|uge|uke|veck|dag)", r"\1-\2 "),
    (r"\bum (?=comprimido|ampola)", "1 "),
    (r"(?<!and )(?<!and a )\bhalf (?:of )?(?:an?|one) (?=amp|tab|vial|inj)", "0.5 "),
    (r"\b(?:ein)?e? ?halbe (?=tab|amp)", "0.5 "),
    (r"(?<![\d.])(?<!\d )1/2 (?=amp|tab|vial|comp|cp|ml)", "0.5 "),
    (r"\b(?:en|1) gang (?=hver|var)", "once "),
    (r"\bq ?o ?day", "alternate days"),
    (r"\bq ?(?:mwf|m([/-])w\1f)", "mon, wed, fri"),
    (
        r"\b(?:once|(?:one|1) time) (?:a|per|each) day,? (?:on )?"
        rf"(?={_WEEKDAY}|{_DAY_OF_MONTH} of {_A_MONTH})",
        "",
    ),
    (rf"\b(?:one|1) time a day starting on ({_DAY_OF_MONTH}) and ending on \1 (?=every )", ""),
    (r"\b(?:one|1) time a day (?=every \d)", ""),
    (rf"\b(months?) starting on {_DAY_OF_MONTH} for 1 days?", r"\1"),
    (rf"\b(monthly|months?),? on {_DAY_OF_MONTH}(?: of {_A_MONTH})?(?! ?of)", r"\1"),
    (rf"(?:\b(?:on |every |each ))?\b{_DAY_OF_MONTH} of (?:{_A_MONTH}|month)", "every month"),
    (r"\b(?:one|1) time (?=(?:a|per|each|every) |daily)", "once "),
    (r"\bq (?=am\b|pm\b|hs\b)", "q"),
    (rf"\b(weekly|weeks?),? on {_WEEKDAY}(?!.*\b{_WEEKDAY})", r"\1"),
    (r"\bnightly,? at (?=bedtime)", ""),
    (rf"\b(im|sc|iv|po)[,.] (?=(?:{EVERY}|{PER}|{'|'.join(ADVERBS)})(?![a-z]))", r"\1 "),
    (
        rf"\bx ?1 ?(?=(?:(?:im|sc|iv|po) )?(?!i \d)"
        rf"(?:{EVERY}|{PER}|{'|'.join(ADVERBS)})(?![a-z])|/)",
        "once ",
    ),
)
"""What is written short where the same letters alone mean something else, and what it is short for:
"1 cpr/die", "3x/sem.", "alle 3 Mon.".
"""

_SECOND_NORDIC = "(?:ann[ae]n ?hver|anden ?hver|hver ?ande?n|hver annen)"

EVERY_OTHER: dict[str, str] = {
    "day": "(?:on |every )?(?:alternate|alternating|alt\\.?) days?|alternative days|"
    "(?:un|1) j(?:our)? ?(?:sur|/) ?(?:deux|2)|dias alternos|dias alternados|giorni alterni|"
    "un dia si,? (?:y )?otro no|un giorno si,? (?:e )?uno no|dia sim,? (?:e )?dia nao|"
    rf"a giorni alterni|om de (?:andere )?dag|var ?annan dag|{_SECOND_NORDIC} dag",
    "week": "fortnightly|(?:once )?(?:every|each|(?<!over )(?<!within )a|per) fortnight|"
    "alternate weeks?|"
    "(?:une|1) semaine sur (?:deux|2)|om de (?:andere )?week|"
    rf"var ?annan vecka|{_SECOND_NORDIC} (?:uke|uge)|"
    "(?:a )?settimane alterne|semanas altern(?:as|adas)|quin[cz]enal(?:mente)?|quindicinale|"
    "14 ?-? ?(?:taglich|tagig|taegig|tagige)",
    "month": "alternate months?|(?:un|1) mois sur (?:deux|2)|om de (?:andere )?maand|"
    rf"var ?annan manad|{_SECOND_NORDIC} maned|"
    "(?:a )?mesi alterni|meses altern(?:os|ados)",
}
"""Phrases for every second day, week and month. "Biweekly", "bimonthly" and "semi-monthly" mean two
things and are left out.
"""

_ONCE_PER = (
    "(?:(?:1 ?x|einmal|once|(?:1|une?|una|uma|en|ett?) (?:fois|vez|volta|keer|gang|gange|mal)) ?)?"
    "(?:(?:im|pro|je|jedes|jede|alle|per|a|each|every|par|por|al|a la|ao|cada|ogni|chaque|elk|"
    "ieder|hvert|varje|i) |/ ?)"
)

QUARTERLY = (
    rf"{_ONCE_PER}(?:quarter(?! of| tab)|quartal|vierteljahre?|trimestre|kwartaal|kvartal(?:et)?)|"
    "tous les trimestres|quarterly|vierteljahrlich|vierteljaehrlich|quartalsweise|trimestriel|"
    "trimestrielle|trimestral|trimestrale|trimestralmente|driemaandelijks|kvartalsvis"
)

HALF_YEARLY = (
    rf"{_ONCE_PER}(?:halbjahr|semestre|half ?jaar|halvar(?:et)?)|half ?-? ?yearly|halbjahrlich|"
    "halbjaehrlich|semestral|semestriel|semestrale|semestralmente|halfjaarlijks|halvarsvis"
)

DAYTIMES = (
    "(?:(?:every|each|in the|at|le|la|al|alla|por la|a la|pela|de|a|om|til|pa|in de|'?s) )?"
    "(?:morning|night|evening|bedtime|"
    "noon|lunchtime|mane|nocte|nightly|morgens|mittags|abends|matin|midi|soir|mattin[ao]|sera|"
    "manana|noche|manha|noite|morgonen|morgenen|kvallen|kvelden|aftenen|natten|ochtends?|avonds?)"
)
"""A time of day; two of them are two doses a day."""

_PLACE = (
    r"(?:(?:left|right) )?(?:deltoids?|vastus lateralis|thighs?|shoulders?|buttocks?|"
    r"glute(?:al|us)(?: maximus| medius)?)(?: muscles?| region)?"
)
CHOICE_OF_PLACES = re.compile(
    rf"(?<![a-z])(?:in(?:to)? )(?:the |either )?{_PLACE}"
    rf"(?:(?: ?[,/]| or|, or) (?:the )?{_PLACE})*(?![a-z])"
)
"""Where an injection into muscle goes, also as a choice: "the shoulder, thigh, or buttocks"."""

WEEKDAYS: dict[str, str] = {
    word: day
    for day, words in {
        "mon": "mon mondays? monday mo montag montags lundi lunes lunedi maandag mandag",
        "tue": "tue tues tu tuesdays? di dienstag dienstags mardi martes martedi dinsdag "
        "tisdag tirsdag",
        "wed": "wed we weds wednesdays? mi mittwoch mittwochs mercredi miercoles mercoledi "
        "woensdag onsdag",
        "thu": "thu th thur thurs thursdays? do donnerstag donnerstags jeudi jueves giovedi "
        "donderdag torsdag",
        "fri": "fri fridays? fr freitag freitags vendredi viernes venerdi vrijdag fredag",
        "sat": "sat saturdays? sa samstag samstags samedi sabado sabato zaterdag lordag",
        "sun": "sun su sundays? so sonntag sonntags dimanche domingo domenica zondag sondag",
    }.items()
    for word in words.split()
}


def any_of(words: Iterable[str]) -> str:
    """Return a pattern for any of these words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


NUMBER = rf"(?:\d{{1,5}}(?:\.\d{{1,2}})?|{any_of(NUMBERS)})"

UNIT_WORDS, ADVERB_WORDS = rf"(?<![a-pr-wyz])(?:{any_of(UNITS)})", any_of(ADVERBS)
"""No unit begins within a word ("Auge" is an eye, no "a uge"), but behind "q" or "x" ("2xwk")."""

SEVERAL = any_of(word for word, number in NUMBERS.items() if 2 <= number <= 9)
DAY_WORDS = any_of(word for word, unit in UNITS.items() if unit == "day")

COUNTED = rf"(?:(?P<once>{any_of(ONCE)})|(?P<n>{NUMBER}) ?(?:{TIMES})(?![a-z]))"

LOW_HIGH = rf"(?P<low>{NUMBER})(?: ?(?:{TO}) ?(?P<high>{NUMBER}))?"
LOW_HIGH2 = rf"(?P<low2>{NUMBER})(?: ?(?:{TO}) ?(?P<high2>{NUMBER}))?"

LASTING = "ore|giorn[io]|settiman[ae]|mes[ei]|ann[io]"
"""Units before which "per" is Italian for "for"."""

EACH = rf"(?<![a-z])(?:{EVERY})(?![a-z])"

DAYS = "|".join(sorted(WEEKDAYS, key=len, reverse=True))

LONG_DAYS = "|".join(sorted((day for day in WEEKDAYS if len(day) > 5), key=len, reverse=True))

INJECTIONS = "injections?|injektionen|doses?|dosen|jabs?|shots?"

ONE_GIVEN = r"inj\w{0,8}\.?|amp\w{0,4}\.?|ampollas?|fial[ae]|fl|dos(?:e|is)|shot|jab"

_SHORT = tuple(
    (re.compile(rf"{short}(?![a-z])\.?" if short[-1].isalpha() else short), long)
    for short, long in SHORT_FORMS
)


def write_out(text: str) -> str:
    """Return a folded text with what is written short written out."""
    for pattern, long in _SHORT:
        text = pattern.sub(long, text)
    return text


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
    plain = re.sub(r"(?<=[a-z]{3})\((s|e?n|er?|es)\)", r"\1", plain)  # "tablet(s)"
    return " ".join(plain.split())


def _without_dots(match: re.Match[str]) -> str:
    return match[1].replace(".", "")
