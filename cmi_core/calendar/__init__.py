"""The one home of periods, Buddhist era, fiscal years and days in words."""
