-- Certificates that a person of the team added by hand. They belong to an address and to no case: each has a data
-- key of its own, destroyed when it is forgotten.
CREATE TABLE added_certificates (
  id               INTEGER PRIMARY KEY AUTOINCREMENT,
  key_id           INTEGER NOT NULL REFERENCES data_keys (id),
  address_hash     BLOB    NOT NULL,
  fingerprint_hash BLOB    NOT NULL,
  state            TEXT    NOT NULL CHECK (state IN ('pinned', 'conflict')),
  added_at         INTEGER NOT NULL,
  sealed           BLOB    NOT NULL,
  UNIQUE (address_hash, fingerprint_hash)
) STRICT;

-- Every certificate that is kept, wherever it came from. case_id 0: added by the team.
CREATE VIEW kept_certificates AS
  SELECT c.id AS id, c.case_id AS case_id, c.state AS state, c.seen_at AS seen_at, c.sealed AS sealed,
         k.key_id AS key_id, c.address_hash AS address_hash, c.fingerprint_hash AS fingerprint_hash
  FROM certificates c JOIN cases k ON k.id = c.case_id
  UNION ALL
  SELECT id, 0, state, added_at, sealed, key_id, address_hash, fingerprint_hash FROM added_certificates;
