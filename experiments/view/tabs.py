"""What stands below the charts, a page at a time: the funnel and the chain, more charts, one life, a country."""

from __future__ import annotations

from html import escape

import reacton.ipyvuetify as v
import solara
from undercount.experiments.view.life import CHOICES
from undercount.experiments.view.naming import country
from undercount.experiments.view.session import Session
from undercount.experiments.view.snapshot import PAGES, Life, Snapshot

BLUE = "#1f4e79"


def html(text: str, tag: str = "div", *classes: str) -> None:
    solara.HTML(tag=tag, unsafe_innerHTML=text, classes=list(classes))


@solara.component
def Pages(session: Session):
    """What else there is to see, a page at a time."""
    now, page = session.snapshot.value, session.page.value
    with solara.Div(classes=["uc-below"]):
        Shown(session, now, page)


@solara.component
def Shown(session: Session, now: Snapshot, page: str):
    """The tabs and the page that is chosen."""
    with solara.Div(classes=["uc-tabs"]):
        for name in PAGES:
            solara.Button(name, on_click=lambda name=name: session.show(name), text=True,
                          classes=["uc-tab", "uc-tab-on"] if name == page else ["uc-tab"],
                          attributes={"aria-pressed": "true" if name == page else "false"})
    if page == PAGES[0]:
        html("".join(f"<div>{chart}</div>" for chart in (*now.funnels, *now.falls)) or "Press Play first.", "div",
              "uc-charts")
    elif page == PAGES[1]:
        html("".join(f"<div>{chart}</div>" for chart in now.small) or "Press Play first.", "div", "uc-charts")
    elif page == PAGES[2]:
        OneLife(session)
    else:
        Country(session)


@solara.component
def OneLife(session: Session):
    """Pick somebody and read the months so far, in every world."""
    kind, set_kind = solara.use_state("person")
    what, set_what = solara.use_state(next(iter(CHOICES["person"])))
    now = session.snapshot.value

    def other_kind(value):
        if value in CHOICES:
            set_kind(value)
            set_what(next(iter(CHOICES[value])))

    html("Follow one life, month by month. <b>These people are synthetic: nobody here exists.</b> Each sentence is "
          "made from what the model's rules did to this person.", "p", "uc-note")
    with solara.Div(classes=["uc-pick"]):
        v.Select(label="Who", items=list(CHOICES), v_model=kind, on_v_model=other_kind, dense=True, outlined=True,
                 hide_details=True)
        v.Select(label="who …", items=list(CHOICES[kind]), v_model=what, on_v_model=set_what, dense=True, outlined=True,
                 hide_details=True)
        solara.Button("Pick somebody" if not now.lives else "Pick somebody else", color=BLUE, dark=True,
                      on_click=lambda: session.pick(kind, what))
    if session.picked.serial >= 0 and not now.lives:
        html("Nobody fits so far. Play some months, or choose something else.", "p", "uc-note")
    with solara.Div(classes=["uc-lives"]):
        for life in now.lives:
            html(_lifehtml(life), "div", "uc-life")


def _lifehtml(life: Life) -> str:
    lines = "".join(f"<li><b>{escape(month)}</b> {escape(text)}</li>" for month, text in life.lines)
    word = "counted" if life.counted else "not counted"
    badge = "" if life.counted is None else f'<p class="uc-badge">In the table of victims: <b>{word}</b>.</p>'
    note = f"<p>{escape(life.note)}</p>" if life.note else ""
    return (f'<h3 style="color:{life.colour}">{escape(life.title)}</h3><p>{escape(life.portrait)}</p>{note}'
            f"<ul>{lines or '<li>Nothing has happened yet.</li>'}</ul>{badge}")


@solara.component
def Country(session: Session):
    """Choose a country here or on a map."""
    region = session.region
    items = [{"text": country(region, c.iso3), "value": c.iso3} for c in region.countries]
    items.sort(key=lambda item: item["text"])
    with solara.Div(classes=["uc-pick"]):
        v.Select(label="Country (or click on a map)", items=items, v_model=session.country.value,
                 on_v_model=session.show_country, dense=True, outlined=True, hide_details=True)
    html(session.snapshot.value.country or "Press Play first.", "div", "uc-country")
