-- Look-ups of a reporter's certificate in the directory of its domain, one an address and day. waiting: owed. asked:
-- on its way, or cut off on it (it is not repeated). answered: sealed holds what came of it. sealed: address,
-- fingerprint and certificate, under a data key of its own that is destroyed with the row.
CREATE TABLE certificate_look_ups (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  key_id       INTEGER NOT NULL REFERENCES data_keys (id),
  address_hash BLOB    NOT NULL UNIQUE,
  state        TEXT    NOT NULL CHECK (state IN ('waiting', 'asked', 'answered')),
  owed_at      INTEGER NOT NULL,
  sealed       BLOB    NOT NULL
) STRICT;
CREATE INDEX certificate_look_ups_waiting ON certificate_look_ups (id) WHERE state = 'waiting';

-- source: mail = came with a mail of the case, wkd = found in the directory of its address's domain.
ALTER TABLE certificates ADD COLUMN source TEXT NOT NULL DEFAULT 'mail' CHECK (source IN ('mail', 'wkd'));

-- source, besides: team = added by a person.
DROP VIEW kept_certificates;
CREATE VIEW kept_certificates AS
  SELECT c.id AS id, c.case_id AS case_id, c.state AS state, c.seen_at AS seen_at, c.sealed AS sealed,
         k.key_id AS key_id, c.address_hash AS address_hash, c.fingerprint_hash AS fingerprint_hash, c.source AS source
  FROM certificates c JOIN cases k ON k.id = c.case_id
  UNION ALL
  SELECT id, 0, state, added_at, sealed, key_id, address_hash, fingerprint_hash, 'team' FROM added_certificates;
