"""Tables -> Vega-Lite, built once per chart, language and look."""
