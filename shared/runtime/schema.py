"""The tables that every store has beside the library's own; each statement concerns one."""

VERSION = 1
"""Goes up when an older program could not use a store of today: a backup names it."""

SCHEMA = (
    "CREATE TABLE IF NOT EXISTS lanes (topic TEXT NOT NULL, lane BIGINT NOT NULL,"
    " last BIGINT NOT NULL, PRIMARY KEY (topic, lane)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS outbox (topic TEXT NOT NULL, lane BIGINT NOT NULL,"
    " number BIGINT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, subject TEXT NOT NULL,"
    " at TEXT NOT NULL, data TEXT NOT NULL, trace TEXT NOT NULL DEFAULT '',"
    " PRIMARY KEY (topic, lane, number)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS audit_head (id BIGINT PRIMARY KEY, size BIGINT NOT NULL)",
    "INSERT INTO audit_head VALUES (1, 0) ON CONFLICT DO NOTHING",
    "CREATE TABLE IF NOT EXISTS audit (idx BIGINT PRIMARY KEY, hash BLOB NOT NULL,"
    " stream TEXT NOT NULL, version BIGINT, entry TEXT) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS audit_by_stream ON audit (stream, idx) WHERE entry IS NOT NULL",
    "CREATE TABLE IF NOT EXISTS audit_nodes (level BIGINT NOT NULL, idx BIGINT NOT NULL,"
    " hash BLOB NOT NULL, PRIMARY KEY (level, idx)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS audit_generations (generation BIGINT PRIMARY KEY)",
    "CREATE TABLE IF NOT EXISTS checkpoints (size BIGINT PRIMARY KEY, note TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS cosignatures (size BIGINT NOT NULL, name TEXT NOT NULL,"
    " line TEXT NOT NULL, PRIMARY KEY (size, name)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS witnesses (name TEXT PRIMARY KEY, key TEXT NOT NULL,"
    " operator TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS logs (service TEXT PRIMARY KEY, key TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS witnessed (origin TEXT PRIMARY KEY, service TEXT NOT NULL,"
    " generation BIGINT NOT NULL, size BIGINT NOT NULL, note TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS answers (scope TEXT NOT NULL, key TEXT NOT NULL,"
    " digest TEXT NOT NULL, outcome TEXT NOT NULL, stream TEXT NOT NULL DEFAULT '',"
    " PRIMARY KEY (scope, key)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS inbox (sender TEXT NOT NULL, topic TEXT NOT NULL,"
    " lane BIGINT NOT NULL, number BIGINT NOT NULL,"
    " PRIMARY KEY (sender, topic, lane)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS relayed (topic TEXT NOT NULL, lane BIGINT NOT NULL,"
    " number BIGINT NOT NULL, PRIMARY KEY (topic, lane)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS timers (id TEXT PRIMARY KEY, due TEXT NOT NULL,"
    " stream TEXT NOT NULL, command TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS timers_by_due ON timers (due)",
    "CREATE TABLE IF NOT EXISTS snapshots (stream TEXT PRIMARY KEY, version BIGINT NOT NULL,"
    " fingerprint TEXT NOT NULL, state TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS parked (sender TEXT NOT NULL, topic TEXT NOT NULL,"
    " lane BIGINT NOT NULL, number BIGINT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL,"
    " subject TEXT NOT NULL, at TEXT NOT NULL, data TEXT NOT NULL, fault TEXT NOT NULL,"
    " trace TEXT NOT NULL DEFAULT '', PRIMARY KEY (sender, topic, lane, number))",
    "CREATE INDEX IF NOT EXISTS parked_by_subject ON parked (subject)",
    "CREATE TABLE IF NOT EXISTS heard (sender TEXT NOT NULL, topic TEXT NOT NULL,"
    " lane BIGINT NOT NULL, number BIGINT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL,"
    " subject TEXT NOT NULL, at TEXT NOT NULL, data TEXT NOT NULL,"
    " PRIMARY KEY (sender, topic, lane, number)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS restores (id BIGINT PRIMARY KEY, taken TEXT NOT NULL,"
    " state TEXT NOT NULL, lost TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS forgotten (stream TEXT PRIMARY KEY, subject TEXT NOT NULL)"
    " WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS guards (stream TEXT PRIMARY KEY, version BIGINT NOT NULL)",
)

# Columns that a store made by an earlier version lacks; each has a default.
ADDED = {"outbox": ("trace",), "parked": ("trace",), "answers": ("stream",)}
