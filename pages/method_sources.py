"""Methods and sources: definitions, rules, origins and gaps, rendered from the data and the rules themselves."""

from pages.components.method import method_sources
from pages.components.shell import layout, session

page = session.begin("method_sources")
layout.header(page)

part = method_sources.choose(page)
method_sources.show(page, part)

layout.sources(page, method_sources.cited(page, part))
