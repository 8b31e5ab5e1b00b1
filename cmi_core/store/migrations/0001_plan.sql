-- What the report and published sources say. Filled once from data/*.csv; rows are added, never changed.

CREATE TABLE source (
    source    TEXT PRIMARY KEY,
    producer  TEXT NOT NULL,
    title     TEXT NOT NULL,
    url       TEXT,
    page      TEXT,
    published TEXT,
    accessed  DATE,
    licence   TEXT
);
COMMENT ON TABLE source IS 'Where a fact comes from. Every fact row names one.';
COMMENT ON COLUMN source.source IS 'Short code, used by every other table';
COMMENT ON COLUMN source.published IS 'As far as known: a year, a month or a day; empty when the source does not say';
COMMENT ON COLUMN source.accessed IS 'Day on which we read it';
COMMENT ON COLUMN source.licence IS 'Licence or terms as stated by the producer; empty when none is stated';

CREATE TABLE city_fact (
    fact     TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    name_th  TEXT NOT NULL,
    name_en  TEXT NOT NULL,
    value    DOUBLE NOT NULL,
    unit_th  TEXT NOT NULL,
    unit_en  TEXT NOT NULL,
    as_of    DATE,
    approximate BOOLEAN NOT NULL,
    shown    BOOLEAN NOT NULL,
    caution_th TEXT,
    caution_en TEXT,
    basis    TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source   TEXT NOT NULL REFERENCES source (source)
);
COMMENT ON TABLE city_fact IS 'Profile of the municipality as the report gives it';
COMMENT ON COLUMN city_fact.shown IS 'False where the figure is implausible: kept for the record, not shown as a fact';
COMMENT ON COLUMN city_fact.caution_en IS 'What a reader must know before using the figure';

CREATE TABLE strategy (
    strategy TEXT PRIMARY KEY,
    position INTEGER NOT NULL UNIQUE,
    short    TEXT NOT NULL,
    name_th  TEXT NOT NULL,
    name_en  TEXT NOT NULL,
    basis    TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source   TEXT NOT NULL REFERENCES source (source)
);
COMMENT ON TABLE strategy IS 'The three strategies of the plan, the 3Ds';
COMMENT ON COLUMN strategy.short IS 'The D-name as printed: Default, Driving Spaces, Drivers';

CREATE TABLE goal (
    goal     TEXT PRIMARY KEY,
    strategy TEXT NOT NULL REFERENCES strategy (strategy),
    position INTEGER NOT NULL,
    short_th TEXT NOT NULL,
    short_en TEXT NOT NULL,
    name_th  TEXT NOT NULL,
    name_th_table TEXT,
    name_en  TEXT NOT NULL,
    remark_th TEXT,
    remark_en TEXT,
    basis    TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source   TEXT NOT NULL REFERENCES source (source),
    UNIQUE (strategy, position)
);
COMMENT ON TABLE goal IS 'The 11 goals of the plan';
COMMENT ON COLUMN goal.short_th IS 'Our short name; the report has only the full wording';
COMMENT ON COLUMN goal.name_th IS 'Wording in the report''s list of goals';
COMMENT ON COLUMN goal.name_th_table IS 'Wording in the report''s table of means, where it differs';

CREATE TABLE means (
    means    TEXT PRIMARY KEY,
    goal     TEXT NOT NULL REFERENCES goal (goal),
    position INTEGER NOT NULL,
    name_th  TEXT NOT NULL,
    name_en  TEXT NOT NULL,
    remark_th TEXT,
    remark_en TEXT,
    basis    TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source   TEXT NOT NULL REFERENCES source (source),
    UNIQUE (goal, position)
);
COMMENT ON TABLE means IS 'The 53 proposed means, each under one goal';

CREATE TABLE organisation (
    organisation TEXT PRIMARY KEY,
    name_th  TEXT NOT NULL,
    name_en  TEXT NOT NULL,
    short_th TEXT,
    short_en TEXT,
    sector   TEXT NOT NULL CHECK (sector IN ('government', 'private', 'education', 'civil_society',
                                             'social_enterprise', 'international', 'unknown')),
    sector_basis TEXT NOT NULL CHECK (sector_basis IN ('stated', 'inferred')),
    remark_th TEXT,
    remark_en TEXT,
    basis    TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source   TEXT NOT NULL REFERENCES source (source)
);
COMMENT ON TABLE organisation IS 'Organisations named in the report';

CREATE TABLE organisation_role (
    organisation TEXT NOT NULL REFERENCES organisation (organisation),
    position INTEGER NOT NULL,
    name_th  TEXT NOT NULL,
    name_en  TEXT NOT NULL,
    basis    TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source   TEXT NOT NULL REFERENCES source (source),
    PRIMARY KEY (organisation, position)
);
COMMENT ON TABLE organisation_role IS 'What the report says an organisation does';

CREATE TABLE initiative (
    initiative TEXT PRIMARY KEY,
    name_th  TEXT NOT NULL,
    name_en  TEXT NOT NULL,
    state_in_report TEXT CHECK (state_in_report IN ('existing', 'proposed', 'named')),
    basis    TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source   TEXT NOT NULL REFERENCES source (source)
);
COMMENT ON TABLE initiative IS 'Programmes and schemes named in the report';

CREATE TABLE link (
    link     TEXT PRIMARY KEY,
    from_organisation TEXT NOT NULL REFERENCES organisation (organisation),
    to_organisation   TEXT REFERENCES organisation (organisation),
    kind     TEXT NOT NULL,
    state    TEXT NOT NULL CHECK (state IN ('existing', 'committed', 'interest', 'proposed')),
    directed BOOLEAN NOT NULL,
    collective BOOLEAN NOT NULL,
    means    TEXT REFERENCES means (means),
    initiative TEXT REFERENCES initiative (initiative),
    about_th TEXT NOT NULL,
    about_en TEXT NOT NULL,
    basis    TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source   TEXT NOT NULL REFERENCES source (source)
);
COMMENT ON TABLE link IS 'The 31 links between organisations that the text states; the drawn network is not in the text';
COMMENT ON COLUMN link.to_organisation IS 'Empty where the report names no single partner: all actors, or startups in general';
COMMENT ON COLUMN link.collective IS 'True where the report says it of all attendees at once';

CREATE TABLE means_organisation (
    means    TEXT NOT NULL REFERENCES means (means),
    organisation TEXT NOT NULL REFERENCES organisation (organisation),
    basis    TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source   TEXT NOT NULL REFERENCES source (source),
    PRIMARY KEY (means, organisation)
);
COMMENT ON TABLE means_organisation IS 'Organisations that the wording of a means names';

CREATE TABLE means_initiative (
    means    TEXT NOT NULL REFERENCES means (means),
    initiative TEXT NOT NULL REFERENCES initiative (initiative),
    basis    TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source   TEXT NOT NULL REFERENCES source (source),
    PRIMARY KEY (means, initiative)
);
COMMENT ON TABLE means_initiative IS 'Initiatives that the wording of a means names';

CREATE TABLE finding (
    finding  TEXT PRIMARY KEY,
    strategy TEXT NOT NULL REFERENCES strategy (strategy),
    kind     TEXT NOT NULL CHECK (kind IN ('main_activity', 'challenge', 'strength', 'opportunity', 'principle', 'voice')),
    aspect   TEXT,
    name_th  TEXT NOT NULL,
    name_en  TEXT NOT NULL,
    basis    TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source   TEXT NOT NULL REFERENCES source (source)
);
COMMENT ON TABLE finding IS 'Challenges, strengths, opportunities and main activities, by strategy';

CREATE TABLE planning_stage (
    stage    TEXT PRIMARY KEY,
    position INTEGER NOT NULL UNIQUE,
    printed  TEXT NOT NULL,
    name_th  TEXT NOT NULL,
    name_en  TEXT NOT NULL,
    basis    TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source   TEXT NOT NULL REFERENCES source (source)
);
COMMENT ON TABLE planning_stage IS 'The five stages of participatory planning';

CREATE TABLE planning_step (
    step     TEXT PRIMARY KEY,
    position INTEGER NOT NULL UNIQUE,
    stage    TEXT NOT NULL REFERENCES planning_stage (stage),
    name_th  TEXT NOT NULL,
    name_en  TEXT NOT NULL,
    output_th TEXT,
    output_en TEXT,
    state_in_report TEXT NOT NULL,
    remark_th TEXT,
    remark_en TEXT,
    basis    TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source   TEXT NOT NULL REFERENCES source (source)
);
COMMENT ON TABLE planning_step IS 'The six numbered planning steps and how far the report says they had come';

CREATE TABLE toolkit (
    toolkit  TEXT PRIMARY KEY,
    position INTEGER NOT NULL UNIQUE,
    printed  TEXT NOT NULL,
    origin   TEXT,
    about_th TEXT NOT NULL,
    about_en TEXT NOT NULL,
    basis    TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source   TEXT NOT NULL REFERENCES source (source)
);
COMMENT ON TABLE toolkit IS 'The nine planning tools';
COMMENT ON COLUMN toolkit.about_th IS 'Condensed from the report: not a quotation';

CREATE TABLE workshop (
    workshop TEXT PRIMARY KEY,
    held_on  DATE NOT NULL,
    title_th TEXT,
    title_en TEXT,
    venue_th TEXT NOT NULL,
    venue_en TEXT NOT NULL,
    basis    TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source   TEXT NOT NULL REFERENCES source (source)
);
COMMENT ON TABLE workshop IS 'The two workshops of 2019';

CREATE TABLE workshop_organisation (
    workshop TEXT NOT NULL REFERENCES workshop (workshop),
    organisation TEXT NOT NULL REFERENCES organisation (organisation),
    role     TEXT NOT NULL CHECK (role IN ('organiser', 'invited', 'represented')),
    basis    TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source   TEXT NOT NULL REFERENCES source (source),
    PRIMARY KEY (workshop, organisation, role)
);
COMMENT ON TABLE workshop_organisation IS 'Who organised, was invited to or was represented at a workshop';

CREATE TABLE workshop_outcome (
    outcome  TEXT PRIMARY KEY,
    workshop TEXT NOT NULL REFERENCES workshop (workshop),
    kind     TEXT NOT NULL CHECK (kind IN ('outcome', 'note')),
    name_th  TEXT NOT NULL,
    name_en  TEXT NOT NULL,
    basis    TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source   TEXT NOT NULL REFERENCES source (source)
);
COMMENT ON TABLE workshop_outcome IS 'What came out of a workshop';

CREATE TABLE workshop_toolkit (
    workshop TEXT NOT NULL REFERENCES workshop (workshop),
    toolkit  TEXT NOT NULL REFERENCES toolkit (toolkit),
    basis    TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source   TEXT NOT NULL REFERENCES source (source),
    PRIMARY KEY (workshop, toolkit)
);
COMMENT ON TABLE workshop_toolkit IS 'Tools used at a workshop';

CREATE TABLE event (
    event    TEXT PRIMARY KEY,
    position INTEGER NOT NULL UNIQUE,
    happened TEXT NOT NULL,
    name_th  TEXT NOT NULL,
    name_en  TEXT NOT NULL,
    basis    TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source   TEXT NOT NULL REFERENCES source (source)
);
COMMENT ON TABLE event IS 'What happened around the plan, from published sources';
COMMENT ON COLUMN event.happened IS 'As precise as the source: 2020, 2021-06 or 2021-06-14';

CREATE TABLE published_value (
    value_code TEXT PRIMARY KEY,
    kpi      TEXT NOT NULL,
    text_th  TEXT NOT NULL,
    text_en  TEXT NOT NULL,
    basis    TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source   TEXT NOT NULL REFERENCES source (source)
);
COMMENT ON TABLE published_value IS 'Published figures near a KPI: context, never a baseline, since scope, date or method differ';
COMMENT ON COLUMN published_value.kpi IS 'Code of the KPI it stands near';
