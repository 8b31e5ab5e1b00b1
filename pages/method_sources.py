"""Methods and sources: definitions, rules, origins and gaps, rendered from the data and the rules themselves."""

from pages.components import layout, method_parts, session

page = session.begin("method_sources")
layout.header(page)

part = method_parts.choose(page)
method_parts.show(page, part)

layout.sources(page, method_parts.cited(page, part))
