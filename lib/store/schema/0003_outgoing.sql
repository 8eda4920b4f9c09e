-- Clocks that are told of, notices to the team, what the desk itself has trouble with, caps per domain, bounces.

-- domain_hash: of the recipient's domain, for the cap. bounced_at: a delivery report came back.
ALTER TABLE outbox ADD COLUMN domain_hash BLOB NOT NULL DEFAULT x'';
ALTER TABLE outbox ADD COLUMN bounced_at INTEGER;
CREATE INDEX outbox_domain ON outbox (domain_hash, created_at) WHERE purpose = 'acknowledgement';
CREATE INDEX outbox_finished ON outbox (purpose, finished_at) WHERE finished_at IS NOT NULL;

-- told: what the team has been told of this clock: 0 nothing, 1 that it is near, 2 that it was missed.
ALTER TABLE deadlines ADD COLUMN told INTEGER NOT NULL DEFAULT 0 CHECK (told IN (0, 1, 2));
CREATE INDEX deadlines_open ON deadlines (due_at) WHERE met_at IS NULL;

-- What the team is to be told. detail: the name of a clock or of a trouble; nothing that came with a mail.
CREATE TABLE notices (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  at      INTEGER NOT NULL,
  what    TEXT    NOT NULL CHECK (what IN ('new-case', 'follow-up', 'deadline-near', 'deadline-missed', 'not-delivered',
                                           'trouble', 'trouble-over')),
  case_id INTEGER REFERENCES cases (id),
  detail  TEXT    NOT NULL,
  told_at INTEGER
) STRICT;
CREATE INDEX notices_waiting ON notices (id) WHERE told_at IS NULL;

-- What the desk itself suffers from, while it lasts. told: the team has been told.
CREATE TABLE troubles (
  name  TEXT    NOT NULL PRIMARY KEY,
  since INTEGER NOT NULL,
  told  INTEGER NOT NULL DEFAULT 0 CHECK (told IN (0, 1))
) STRICT, WITHOUT ROWID;

-- Mails that deserved an acknowledgement, by the minute, those included that a cap left without.
CREATE TABLE acknowledgement_rate (
  minute INTEGER PRIMARY KEY,
  wanted INTEGER NOT NULL
) STRICT;

-- first_held: the first row of the outbox that waits while it is open.
CREATE TABLE breaker (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  opened_at  INTEGER NOT NULL,
  closed_at  INTEGER,
  reason     TEXT    NOT NULL CHECK (reason IN ('many-acknowledgements', 'many-failures')),
  first_held INTEGER NOT NULL
) STRICT;
