"""The style sheet of the page around the drawing: wide and narrow, light and dark, on paper; knows no session."""

from pytest_tiltsession.pictures import sheet

_PAGE = """
:root{color-scheme:light dark;%(light)s}
:root{--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
:root{--sans:system-ui,"Segoe UI",Helvetica,Arial,"DejaVu Sans",sans-serif}
@media screen and (prefers-color-scheme:dark){:root{%(dark)s}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 var(--sans)}
main{max-width:1680px;margin:0 auto;padding:20px clamp(12px,3vw,40px) 48px}
h1{font-size:20px;line-height:1.3;margin:0;overflow-wrap:anywhere;font-weight:650}
h2{font-size:15px;margin:28px 0 8px;font-weight:650}
code,pre,.mono,td,tbody th{font-family:var(--mono)}
pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere;font-size:13.5px}
.top{border-left:6px solid var(--tone);background:var(--card);padding:16px 20px;border-radius:4px 10px 10px 4px}
.good{--tone:var(--good)}.bad{--tone:var(--bad)}.open{--tone:var(--open)}
.verdict{display:flex;flex-wrap:wrap;gap:4px 14px;align-items:baseline;margin:0 0 6px}
.badge{color:var(--page);background:var(--tone);border-radius:99px;padding:2px 12px;font-weight:650;white-space:nowrap}
.reason{margin:10px 0 0;font-weight:600}
.quiet,caption,dt,thead th{color:var(--quiet)}
dl{display:flex;flex-wrap:wrap;gap:6px 26px;margin:12px 0 0;font-size:13px}
dl div{min-width:0}dt,dd{margin:0}dd{overflow-wrap:anywhere}
.legend{display:flex;flex-wrap:wrap;gap:2px 20px;list-style:none;margin:0 0 10px;padding:0}
.legend{font-size:13px;color:var(--quiet)}
.legend li{display:flex;align-items:center;gap:8px}
.legend svg{flex:none}
#filter{display:flex;flex-wrap:wrap;gap:8px 18px;align-items:center;margin:0 0 12px;font-size:14px}
#filter[hidden]{display:none}
[type=search]{font:inherit;color:inherit;background:var(--page);border:1px solid var(--quiet)}
[type=search]{border-radius:6px;padding:3px 8px;width:min(16em,100%%)}
.skip{position:absolute;left:-9999px}.skip:focus{position:static;display:inline-block;margin:0 0 8px}
a,summary{color:var(--focus)}
:focus-visible{outline:2.5px solid var(--focus);outline-offset:2px}
#board{position:relative;--name:%(name)sch;--said:32ch}
#board{--columns:min(var(--name),30vw) minmax(0,1fr) min(var(--said),24vw)}
#board{font-size:12.5px;margin:0}
.lane,.axis{display:grid;grid-template-columns:var(--columns);column-gap:22px;align-items:center}
.lane[hidden]{display:none}
.lane{min-height:30px;position:relative}
.lane:hover{background:color-mix(in srgb,var(--line) 28%%,transparent)}
html{scroll-padding-top:44px}
.name,.said{line-height:1.6;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.name{font-family:var(--mono)}
.said{color:var(--quiet)}.blocks .said{color:var(--text);font-weight:600}
.group{margin:14px 0 2px;font-weight:650;color:var(--quiet);position:relative}
.lanes{list-style:none;margin:0;padding:0}
.axis{position:sticky;top:0;background:var(--page);z-index:2;border-bottom:1px solid var(--line)}
.track,.guides,.marks{display:block;width:100%%;overflow:visible}
.marks text{fill:var(--quiet);text-anchor:middle}
.behind{position:absolute;inset:26px 0 0 0;display:grid}
.behind{grid-template-columns:var(--columns);column-gap:22px;pointer-events:none}
.behind svg{grid-column:2;height:100%%}
#tip{position:absolute;z-index:5;background:var(--text);color:var(--page);font:12.5px/1.5 var(--mono)}
#tip{white-space:pre-wrap;overflow-wrap:anywhere;padding:7px 11px;border-radius:7px}
#tip{max-width:min(640px,calc(100vw - 16px));box-shadow:0 4px 18px rgb(0 0 0/.25)}
#tip[hidden]{display:none}
details{margin:22px 0 0}summary{cursor:pointer;padding:4px 0}
.scroll{overflow-x:auto;margin:12px 0}
table{border-collapse:collapse;font-size:13px;min-width:100%%}
caption{text-align:left;padding:4px 0;font-weight:650}
th,td{text-align:left;vertical-align:top;padding:3px 16px 3px 0;border-top:1px solid var(--line)}
th,td{font-weight:400;white-space:nowrap}
.long{white-space:pre-wrap;overflow-wrap:anywhere;min-width:26ch;max-width:80ch}
thead th{border-top:0}
@media (max-width:760px){
.lane,.axis,.behind{grid-template-columns:minmax(0,1fr);row-gap:0}
.lane{padding:4px 0 0}
.lane>*{grid-column:1}.lane .track{grid-row:2}
.lane .name{grid-row:1;padding-right:46%%}.lane .said{grid-row:1;justify-self:end;max-width:44%%}
.axis>:first-child,.axis>:last-child{display:none}
.behind svg{grid-column:1}
.every-other{display:none}
main{padding-left:22px;padding-right:22px}
.top{margin:0 -10px}
}
@media print{
main{max-width:none;padding:0}#filter,.skip,#tip{display:none}.axis{position:static}
.lane,.top,tr{break-inside:avoid}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
"""


def page(longest: int) -> str:
    """Give the whole sheet; ``longest`` is the number of columns of the longest name."""
    variables = {
        "light": _variables(sheet.LIGHT),
        "dark": _variables(sheet.DARK),
        "name": str(min(max(longest, 8), 34) + 1),
    }
    return f"{sheet.drawing()}\n{_PAGE.strip() % variables}"


def _variables(theme: dict[str, str]) -> str:
    return "".join(f"--{name}:{value};" for name, value in theme.items())
