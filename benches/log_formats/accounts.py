"""What recipients hold of an account, and inspections of a website."""

from .parts import host, part

META_PAGE_HEAD = '<html><head><style>._a6-g{border:0}</style></head><body><main class="_a706">'
GOOGLE_PAGE_HEAD = (
    "<html><head><title>My Activity History</title><style>.mdl-grid{display:flex}</style></head>"
    '<body><div class="mdl-grid">'
)
WEC_HEAD = (
    '{"title":"Website Evidence Collection","uri_ins":"https://shop.example/","uri_refs":["https://shop.example/"],'
    '"script":{"host":"lab","version":{"npm":"2.1.1","commit":"v2.1.2"}},"beacons":[\n'
)
WEC_TAIL = '],"hosts":{"requests":{"firstParty":["shop.example"],"thirdParty":["t.example"]}}}\n'


def _time(number):
    return 1711234567 + number % 10_000_000


def meta_json(number):
    """An app with forty events."""
    events = (
        f'{{"id":{number + 1}{event:02},"type":"{("PURCHASE", "PAGE_VIEW", "ACTIVATE_APP")[event % 3]}","timestamp":{_time(number) + event}}}'
        for event in range(40)
    )
    return f'{{"name":"App {part(number, 9)}","events":[{",".join(events)}]}}'


def meta_html(number):
    events = (
        f'<table><tr><td class="_a6_q">ID</td><td class="_2piu _a6_r">{number}{event}</td></tr><tr><td class="_a6_q">Event</td>'
        '<td class="_2piu _a6_r">PAGE_VIEW</td></tr><tr><td class="_a6_q">Received on</td>'
        f'<td class="_2piu _a6_r">Nov 14, 2023 10:13:{event:02} pm</td></tr></table>'
        for event in range(40)
    )
    return (
        f'<section class="_3-95 _a6-g"><h2 class="_2ph_ _a6-h _a6-i">App {part(number, 9)} &amp; Co</h2><div class="_a6-p"><table>'
        f'<tr><td class="_a6_q">ID</td><td class="_2piu _a6_r">{number}</td></tr><tr><td class="_a6_q" colspan="2">Events<div>'
        f"{''.join(events)}</div></td></tr></table></div></section>"
    )


def google_json(number):
    return (
        f'{{\n  "header": "Example",\n  "title": "Used {part(number, 20)}",\n'
        f'  "titleUrl": "https://play.google.com/store/apps/details?id\\u003dcom.example.{part(number, 6)}",\n'
        f'  "time": "2020-04-18T15:{number % 60:02}:17.361Z",\n  "products": ["Android"]\n}}'
    )


def google_html(number):
    return (
        '<div class="outer-cell mdl-cell mdl-cell--12-col mdl-shadow--2dp"><div class="mdl-grid">'
        '<div class="header-cell mdl-cell mdl-cell--12-col"><p class="mdl-typography--title">YouTube<br></p></div>'
        '<div class="content-cell mdl-cell mdl-cell--6-col mdl-typography--body-1">Watched&nbsp;'
        f'<a href="https://www.youtube.com/watch?v={part(number, 11)}">A video {number}</a><br>'
        f"Aug 17, 2026, 1:{number % 60:02}:48 PM CEST<br></div>"
        '<div class="content-cell mdl-cell mdl-cell--6-col mdl-typography--body-1 mdl-typography--text-right"></div>'
        '<div class="content-cell mdl-cell mdl-cell--12-col mdl-typography--caption"><b>Products:</b><br> YouTube</div></div></div>'
    )


def wec(number):
    return (
        f'{{"url":"https://{host(number)}/p{number}?id={part(number, 30)}&x=1","query":{{"id":"{part(number, 30)}","x":1}},'
        f'"filter":"||{host(number)}^","listName":"easyprivacy.txt","log":{{"stack":[{{"fileName":"https://shop.example/{part(number, 8)}.js",'
        f'"source":"{part(number, 100)}"}}],"timestamp":"2024-05-30T12:53:48.{number % 1000:03}Z"}},"occurrances":{number % 5 + 1}}}'
    )


FORMATS = {
    "meta-json": ('{"off_facebook_activity_v2":[', meta_json, ",\n", "]}\n"),
    "meta-html": (META_PAGE_HEAD, meta_html, "", "</main></body></html>\n"),
    "google-json": ("[", google_json, ",", "]\n"),
    "google-html": (GOOGLE_PAGE_HEAD, google_html, "\n", "</div></body></html>\n"),
    "wec": (WEC_HEAD, wec, ",\n", WEC_TAIL),
}
