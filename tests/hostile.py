"""Strings that a terminal, a browser, a spreadsheet or a reader of Markdown would obey, and what is
looked for in every output.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

HOSTILE = {
    "terminal": "a\x1b[31mred\x1b]0;title\x07\x9b2J\x7f\x00\x08b",
    "direction": "safe\u202etxt.exe\u202c\u2066x\u2069\u200f\u061c",
    "invisible": "hydroxo\u200bcobal\u2060amin\ufeff\u00ad\U000e0041\U000e007f",
    "lines": "one\r\ntwo\u2028three\u2029four\x0bfive\x85six\n\n# Heading\n\n- item\n> quote",
    "html": "<img src=x onerror=alert(1)><script>alert(1)</script><b>&lt;i&gt;",
    "html entities": "&lt;script&gt;alert(1)&lt;/script&gt; &#60;img&#62; &#x6a;avascript:&nbsp;",
    "markdown": "**bold** _it_ ~~gone~~ `code` ![x](http://evil.example/y) [l](javascript:alert)",
    "link definition": "[1]: http://evil.example \n[text][1] [2] [^3]",
    "bare links": "http://evil.example https://evil.example/x www.evil.example ftp://evil.example/z",
    "domains": "go to evil.example or evil.example.com/path?x=1 now",
    "addresses": "<me@evil.example> mailto:me@evil.example me@evil.example xmpp:me@evil.example",
    "scheme": "javascript:alert(1) data:text/html;base64,AAAA vbscript:x file:///etc/passwd",
    "table": "|a|b|\n|-|-|\n|c|d|",
    "template": "{{context.patientId}} ${7*7} {% x %} %s %n {0}",
    "half characters": "a\ud800b\udfffc",
    "long": "hydroxocobalamin " + "very " * 700 + "long",
    "much too long": "x" * 60_000,
    "marks": "Z\u0351\u036b\u0343\u036a\u0302a" * 100,
    "attribute": "\" autofocus onfocus=alert(1) x=\"' onmouseover=alert(1) y='",
    "comment": "--><svg onload=alert(1)><!-- ]]><![CDATA[ </textarea></title></style></script>",
    "formula": '=HYPERLINK("http://evil.example";"x") +1 -1 @SUM(1) \t=1+1',
    "null and surrogates alone": "\x00\ud83d",
}

OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
)
UNSEEN = re.compile("[\u00ad\u200b\u2060-\u2064\U000e0000-\U000e007f]")

HOLDS = re.compile(r"(?i)<(?:img|script|svg|iframe|b)[ >]|javascript:")
"""What a page would have taken as markup."""


class Elements(HTMLParser):
    """The elements of a page with the names of their attributes, as a browser would see them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action")]


def without_breaks(text: str) -> str:
    """Return text without what stands in it and is obeyed by nobody: ends of lines, tabs."""
    return re.sub("\r\n|[\n\t\ufeff]", "", text)
