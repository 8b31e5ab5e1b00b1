-- A release may measure an indicator on a logarithmic scale, or against a place that it names.

ALTER TABLE framework_node_line ADD COLUMN transform TEXT;
ALTER TABLE framework_node_line ADD COLUMN reference TEXT;
COMMENT ON COLUMN framework_node_line.transform IS '`log`: the natural logarithm of the values and of the goalposts is taken before they are normalised; empty: the values as they are';
COMMENT ON COLUMN framework_node_line.reference IS 'The place (city) against which distance-to-reference measures this indicator';
