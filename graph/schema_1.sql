CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE ledger (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    previous TEXT NOT NULL,
    time TEXT NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    reason TEXT
);
CREATE INDEX ledger_target ON ledger (target, seq);
CREATE TRIGGER ledger_is_not_rewritten BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_is_not_shortened BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TABLE documents (
    id TEXT PRIMARY KEY,
    sha256 TEXT NOT NULL,
    format TEXT NOT NULL,
    title TEXT NOT NULL,
    lang TEXT NOT NULL,
    name TEXT NOT NULL,
    work TEXT NOT NULL,
    text_sha256 TEXT NOT NULL,
    pages INTEGER,
    chars_read INTEGER NOT NULL,
    chars_total INTEGER NOT NULL,
    publisher TEXT,
    year INTEGER,
    url TEXT,
    quality TEXT NOT NULL,
    version INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'withdrawn')),
    warnings TEXT NOT NULL,
    added TEXT NOT NULL
);

CREATE TABLE cases (document TEXT PRIMARY KEY REFERENCES documents (id), body TEXT NOT NULL);

CREATE TABLE pages (
    document TEXT NOT NULL REFERENCES documents (id),
    ordinal INTEGER NOT NULL,
    page INTEGER,
    text TEXT NOT NULL,
    PRIMARY KEY (document, ordinal)
);

-- The same work from two sources stands twice, so that one can go without changing what the other says.
CREATE TABLE works (
    id TEXT NOT NULL,
    title TEXT NOT NULL,
    author TEXT,
    publisher TEXT,
    year INTEGER,
    url TEXT,
    quality TEXT NOT NULL,
    lang TEXT,
    note TEXT,
    find_original INTEGER NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (id, source)
);
CREATE INDEX works_source ON works (source);

CREATE TABLE passages (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    document TEXT NOT NULL REFERENCES documents (id),
    ordinal INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    lang TEXT NOT NULL CHECK (lang IN ('zh', 'en')),
    text TEXT NOT NULL,
    page INTEGER,
    paragraph INTEGER,
    heading TEXT NOT NULL,
    statement TEXT,
    translation TEXT,
    concepts TEXT NOT NULL
);
CREATE INDEX passages_document ON passages (document, ordinal);

CREATE VIEW texts (key, id, document, ordinal, lang, text) AS
SELECT key, id, document, ordinal, lang, text FROM passages
UNION ALL
SELECT key, id, document, ordinal, CASE lang WHEN 'zh' THEN 'en' ELSE 'zh' END, translation
FROM passages WHERE translation <> '';

CREATE TABLE passage_concepts (
    concept TEXT NOT NULL,
    passage INTEGER NOT NULL REFERENCES passages (key) ON DELETE CASCADE,
    PRIMARY KEY (concept, passage)
) WITHOUT ROWID;
CREATE INDEX passage_concepts_passage ON passage_concepts (passage);

-- `ascii` and not `unicode61`: it keeps every character outside ASCII, so that our tokens stay whole whatever SQLite's
-- Unicode tables say of a character (of ’ and of the signs within the Han blocks they say that it separates).
CREATE VIRTUAL TABLE terms_zh USING fts5 (terms, tokenize = "ascii tokenchars '.''-'");
CREATE VIRTUAL TABLE terms_en USING fts5 (terms, tokenize = "ascii tokenchars '.''-'");
CREATE VIRTUAL TABLE frequencies_zh USING fts5vocab ('terms_zh', 'row');
CREATE VIRTUAL TABLE frequencies_en USING fts5vocab ('terms_en', 'row');

CREATE TABLE vectors (
    passage INTEGER NOT NULL REFERENCES passages (key) ON DELETE CASCADE,
    lang TEXT NOT NULL,
    embedder TEXT NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (passage, lang, embedder)
);
CREATE INDEX vectors_embedder ON vectors (embedder, lang);

-- The newest change of each vector: a change takes the place of the one before it, under a new number.
CREATE TABLE changes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    embedder TEXT NOT NULL,
    passage TEXT NOT NULL,
    lang TEXT NOT NULL,
    UNIQUE (embedder, passage, lang)
);

CREATE TABLE facts (
    id TEXT PRIMARY KEY,
    subject TEXT NOT NULL,
    relation TEXT NOT NULL,
    object TEXT NOT NULL,
    scope TEXT,
    modality TEXT NOT NULL,
    polarity TEXT NOT NULL,
    condition TEXT,
    note TEXT,
    strength TEXT,
    scales TEXT NOT NULL,
    origin TEXT NOT NULL,
    score REAL,
    status TEXT NOT NULL CHECK (status IN ('proposed', 'accepted', 'rejected', 'disputed', 'quarantined')),
    decided_by TEXT,
    version INTEGER NOT NULL,
    refused_by TEXT
);
CREATE INDEX facts_subject ON facts (subject);
CREATE INDEX facts_object ON facts (object);
CREATE INDEX facts_status ON facts (status);

CREATE TABLE supports (
    key INTEGER PRIMARY KEY,
    fact TEXT NOT NULL REFERENCES facts (id) DEFERRABLE INITIALLY DEFERRED,
    source TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('passage', 'record', 'reference')),
    works TEXT NOT NULL,
    document TEXT CHECK (document = source),
    passage TEXT REFERENCES passages (id) DEFERRABLE INITIALLY DEFERRED,
    start INTEGER,
    "end" INTEGER,
    quote TEXT,
    locator TEXT,
    url TEXT,
    status TEXT NOT NULL CHECK (status IN ('proposed', 'accepted', 'rejected')),
    decided_by TEXT,
    said TEXT NOT NULL
);
CREATE INDEX supports_fact ON supports (fact);
CREATE INDEX supports_source ON supports (source);
CREATE INDEX supports_passage ON supports (passage);
CREATE INDEX supports_waiting ON supports (fact) WHERE status = 'proposed';

-- What a person decided, by what the person read: it outlives the document, so that its next version finds it again.
CREATE TABLE decisions (
    fact TEXT NOT NULL,
    evidence TEXT NOT NULL,
    document TEXT NOT NULL,
    name TEXT NOT NULL,
    decision TEXT NOT NULL CHECK (decision IN ('accepted', 'rejected', 'refused')),
    who TEXT NOT NULL,
    PRIMARY KEY (fact, evidence, document)
);
CREATE INDEX decisions_document ON decisions (document);
CREATE INDEX decisions_name ON decisions (name);
