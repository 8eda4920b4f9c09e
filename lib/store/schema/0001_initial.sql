-- Times are seconds since 1970, UTC. A column called sealed holds XChaCha20-Poly1305 under the data key that
-- the row names (or its inbox, case or outbox row names), bound to table, column and row. A column called
-- *_hash holds a keyed hash: what must be matched while it is sealed.

CREATE TABLE meta (
  name  TEXT NOT NULL PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- wrapped: the data key under the store key; NULL once it has been destroyed.
CREATE TABLE data_keys (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  wrapped BLOB
) STRICT;

CREATE TABLE cases (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  reference   TEXT    NOT NULL UNIQUE,
  key_id      INTEGER NOT NULL REFERENCES data_keys (id),
  mailbox     TEXT    NOT NULL,
  kind        TEXT    NOT NULL,
  status      TEXT    NOT NULL CHECK (status IN ('new', 'acknowledged', 'assessed', 'resolved', 'closed')),
  resolution  TEXT    CHECK (resolution IN ('fixed', 'rejected', 'duplicate', 'out-of-scope', 'passed-on', 'spam')),
  received_at INTEGER NOT NULL,
  created_at  INTEGER NOT NULL,
  sealed      BLOB    NOT NULL
) STRICT;

-- state: stored = the bytes are safe, nobody has looked at them; done = it is known what became of it.
-- content_hash: of the exact bytes. likeness_hash: of what makes two deliveries the same mail.
CREATE TABLE inbox (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  key_id        INTEGER NOT NULL REFERENCES data_keys (id),
  mailbox       TEXT    NOT NULL,
  source        TEXT    NOT NULL CHECK (source IN ('imap', 'import')),
  state         TEXT    NOT NULL CHECK (state IN ('stored', 'done')),
  acknowledge   INTEGER NOT NULL CHECK (acknowledge IN (0, 1)),
  whole         INTEGER NOT NULL CHECK (whole IN (0, 1)),
  received_at   INTEGER NOT NULL,
  size          INTEGER NOT NULL,
  content_hash  BLOB    NOT NULL UNIQUE,
  likeness_hash BLOB,
  message_id_hash BLOB,
  kind          TEXT,
  result        TEXT    CHECK (result IN ('case', 'follow-up', 'duplicate', 'filed', 'failed')),
  case_id       INTEGER REFERENCES cases (id),
  duplicate_of  INTEGER REFERENCES inbox (id),
  reviewed      INTEGER NOT NULL DEFAULT 0 CHECK (reviewed IN (0, 1))
) STRICT;
CREATE INDEX inbox_state ON inbox (state) WHERE state = 'stored';
CREATE INDEX inbox_case ON inbox (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX inbox_likeness ON inbox (likeness_hash) WHERE likeness_hash IS NOT NULL;
CREATE INDEX inbox_message_id ON inbox (message_id_hash) WHERE message_id_hash IS NOT NULL;

-- Apart from inbox, so that a change of state does not rewrite megabytes.
CREATE TABLE raw_mails (
  inbox_id INTEGER PRIMARY KEY REFERENCES inbox (id),
  sealed   BLOB NOT NULL
) STRICT;

-- What was opened of a mail (cleartext included) and what was read out of it.
CREATE TABLE readings (
  inbox_id   INTEGER PRIMARY KEY REFERENCES inbox (id),
  openings   BLOB NOT NULL,
  inspection BLOB NOT NULL
) STRICT;

-- What has been taken in from a server. settled: what after_intake asks for has been done there.
CREATE TABLE ledger (
  mailbox      TEXT    NOT NULL,
  uid_validity INTEGER NOT NULL,
  uid          INTEGER NOT NULL,
  inbox_id     INTEGER NOT NULL REFERENCES inbox (id),
  settled      INTEGER NOT NULL DEFAULT 0 CHECK (settled IN (0, 1)),
  PRIMARY KEY (mailbox, uid_validity, uid)
) STRICT, WITHOUT ROWID;
CREATE INDEX ledger_inbox ON ledger (inbox_id);

CREATE TABLE outbox (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  key_id          INTEGER NOT NULL REFERENCES data_keys (id),
  case_id         INTEGER REFERENCES cases (id),
  inbox_id        INTEGER REFERENCES inbox (id),
  purpose         TEXT    NOT NULL CHECK (purpose IN ('acknowledgement', 'reply', 'pass-on', 'passed-on-notice', 'notification')),
  state           TEXT    NOT NULL CHECK (state IN ('waiting', 'sent', 'failed', 'cancelled')),
  attempts        INTEGER NOT NULL DEFAULT 0,
  created_at      INTEGER NOT NULL,
  next_attempt_at INTEGER NOT NULL,
  finished_at     INTEGER,
  message_id_hash BLOB    NOT NULL UNIQUE,
  recipient_hash  BLOB    NOT NULL,
  task            BLOB    NOT NULL,
  last_error      BLOB
) STRICT;
CREATE INDEX outbox_waiting ON outbox (next_attempt_at) WHERE state = 'waiting';
CREATE INDEX outbox_case ON outbox (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX outbox_recipient ON outbox (recipient_hash, created_at);

-- The exact bytes, composed before the first attempt.
CREATE TABLE outbox_mails (
  outbox_id INTEGER PRIMARY KEY REFERENCES outbox (id),
  sealed    BLOB NOT NULL
) STRICT;

-- The conversation of a case in its order.
CREATE TABLE messages (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id   INTEGER NOT NULL REFERENCES cases (id),
  inbox_id  INTEGER UNIQUE REFERENCES inbox (id),
  outbox_id INTEGER UNIQUE REFERENCES outbox (id),
  CHECK ((inbox_id IS NULL) <> (outbox_id IS NULL))
) STRICT;
CREATE INDEX messages_case ON messages (case_id);

-- Addresses whose mail may join the case when it carries the tag.
CREATE TABLE contacts (
  case_id      INTEGER NOT NULL REFERENCES cases (id),
  address_hash BLOB    NOT NULL,
  PRIMARY KEY (case_id, address_hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE links (
  case_id  INTEGER NOT NULL REFERENCES cases (id),
  other_id INTEGER NOT NULL REFERENCES cases (id),
  relation TEXT    NOT NULL CHECK (relation IN ('duplicate-of', 'related', 'suggested')),
  PRIMARY KEY (case_id, other_id, relation)
) STRICT, WITHOUT ROWID;

-- What was promised when the case was opened: a later change of policy does not move it.
CREATE TABLE deadlines (
  case_id INTEGER NOT NULL REFERENCES cases (id),
  name    TEXT    NOT NULL,
  due_at  INTEGER NOT NULL,
  met_at  INTEGER,
  PRIMARY KEY (case_id, name)
) STRICT, WITHOUT ROWID;

-- Certificates of reporters, each under the key of the case it came with.
CREATE TABLE certificates (
  id               INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id          INTEGER NOT NULL REFERENCES cases (id),
  address_hash     BLOB    NOT NULL,
  fingerprint_hash BLOB    NOT NULL,
  state            TEXT    NOT NULL CHECK (state IN ('offered', 'pinned', 'conflict')),
  seen_at          INTEGER NOT NULL,
  sealed           BLOB    NOT NULL,
  UNIQUE (case_id, address_hash, fingerprint_hash)
) STRICT;
CREATE INDEX certificates_address ON certificates (address_hash);

-- Append-only. chain: keyed hash over the entry before and this one (detail as sealed, so that the chain
-- still holds when a case has been erased).
CREATE TABLE events (
  id      INTEGER PRIMARY KEY,
  at      INTEGER NOT NULL,
  case_id INTEGER REFERENCES cases (id),
  actor   TEXT    NOT NULL,
  action  TEXT    NOT NULL,
  detail  BLOB,
  chain   BLOB    NOT NULL
) STRICT;
CREATE INDEX events_case ON events (case_id) WHERE case_id IS NOT NULL;
