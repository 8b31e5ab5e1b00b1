"""KPIs: paths, progress, forecasts, reminders and the sheet values come in."""
