"""Who owes which value, for the municipality: the list, an e-mail per person, one's own calendar feed."""

import pandas as pd
import streamlit as st

from cmi_core.accounts.roles import may
from cmi_core.actions import feeds, mailing
from cmi_core.kpi.reminders import Mail, mail
from cmi_core.tables import safe_csv
from cmi_core.views import duties
from pages.components.shell import filters, forms, layout, words
from pages.components.shell.session import Page
from pages.components.shell.words import escape


def table(page: Page) -> pd.DataFrame:
    """The list in words, with its headings."""
    rows = page.read(duties.everybody, page.today)
    shown = pd.DataFrame(
        {
            "coordinator": [person or page.t("who_owes_what.nobody") for person in rows["person"]],
            "name": rows[f"name_{page.language}"],
            "period": [words.period(page, code) for code in rows["period"]],
            "due": [page.say_date(day) for day in rows["due_on"]],
            "days_late": rows["days_late"],
            "missing": rows["missing"],
            "owner": [owner or page.t("kpi_words.not_set") for owner in rows[f"owner_{page.language}"]],
        }
    )
    return shown.rename(columns={name: page.t(f"who_owes_what.{name}") for name in shown.columns})


def everybody(page: Page) -> None:
    """The list, and the same as a workbook or CSV."""
    shown = table(page)
    if shown.empty:
        layout.nothing(page, "who_owes_what.nothing")
        return
    late = int((shown[page.t("who_owes_what.days_late")] > 0).sum())
    st.markdown(page.t("who_owes_what.counted", count=len(shown), late=late))
    st.dataframe(shown, hide_index=True, width="stretch", placeholder="")
    left, right = st.columns(2)
    with left:
        st.download_button(
            page.t("who_owes_what.download_xlsx"),
            data=lambda: safe_csv.write_xlsx({page.t("who_owes_what.title"): shown}),
            file_name="who_owes_what.xlsx",
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            icon=":material/table_view:",
            width="stretch",
            on_click="ignore",
        )
    with right:
        layout.download(page, shown, "who_owes_what")


def mails(page: Page) -> None:
    """A ready e-mail to one person; sent from here only where a mail server is set."""
    rows = page.read(duties.everybody, page.today)
    people = rows[rows["account"] != ""].drop_duplicates("account")
    if people.empty:
        return
    st.subheader(page.t("who_owes_what.mail"), anchor=False)
    names = dict(zip(people["account"], people["person"], strict=True))
    account = filters.select(
        "to", tuple(names), label=page.t("who_owes_what.to"), say=lambda code: names[code]
    )
    # Who may send a reminder from here sees whom to send it to; an address is nobody else's business.
    sends = may(page.actor, "assign_kpi")
    address = str(people.set_index("account").loc[account, "email"] or "") if sends else ""
    written = mail(
        page.read(duties.owed_by, account, page.language, page.today),
        name=names[account],
        translate=page.t,
        address=f"{_site()}/my-updates?lang={page.language}",
    )
    st.text_input(
        page.t("who_owes_what.subject"),
        value=written.subject,
        disabled=True,
        key=f"subject_{account}_{page.language}",
    )
    st.code(written.body, language=None, wrap_lines=True)
    if address:
        st.html(
            f'<p class="cmi-gos"><a class="cmi-go" href="{escape(written.link(address))}">{escape(page.t("who_owes_what.open_mail"))}</a></p>'
        )
    else:
        st.markdown(page.t("who_owes_what.no_address" if sends else "who_owes_what.address_kept"))
    if address and mailing.configured():
        _send(page, written, address)


def feed(page: Page) -> None:
    """One's own calendar feed."""
    st.subheader(page.t("who_owes_what.feed"), anchor=False)
    st.markdown(page.t("who_owes_what.feed_how"))
    fresh = st.button(page.t("who_owes_what.feed_fresh"), icon=":material/refresh:")
    token = feeds.token(page.store, page.actor, fresh=fresh)
    st.code(f"{_site()}/feed/{token}.ics?lang={page.language}", language=None, wrap_lines=True)


def _send(page: Page, written: Mail, address: str) -> None:
    if not st.button(page.t("who_owes_what.send", address=words.as_text(address)), icon=":material/send:"):
        return
    _, refusal = forms.outcome(lambda: mailing.send(page.actor, written, to=address))
    if refusal is None:
        st.success(
            words.as_text(page.t("who_owes_what.sent", address=address)), icon=":material/check_circle:"
        )
    else:
        forms.refused(page, refusal)


def _site() -> str:
    """The address readers use, as their browser says it."""
    url = st.context.url or ""
    parts = url.split("/", 3)
    return "/".join(parts[:3]) if len(parts) > 2 else ""
