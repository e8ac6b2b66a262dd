"""The SQL of intake: lines → fields → parsed values with a reason → repeats → sorted into accepted, suspended, duplicate."""

from __future__ import annotations

import datetime as dt
import pathlib
from collections.abc import Sequence

from come.usage.intake import layout
from come.usage.rating import pricebook

PARQUET_COLUMNS = (
    "record_id",
    "service",
    "direction",
    "served_number",
    "other_party",
    "start_at",
    "duration_seconds",
    "volume_bytes",
    "visited_network",
)

SPANS_OF_BOOK = """CREATE OR REPLACE TEMP VIEW spans_given AS
SELECT CAST(substr(msisdn, 2) AS BIGINT) AS msisdn, company_id, min(epoch_us(valid_from)) AS start_us,
       CASE WHEN bool_or(valid_to IS NULL) THEN NULL ELSE max(epoch_us(valid_to)) END AS end_us
FROM book_subscriptions WHERE line_id IS NOT NULL GROUP BY msisdn, company_id, line_id"""

# A company's bucket never changes: it is taken from the MD5 of its id.
NUMBER_SPANS = """CREATE OR REPLACE TEMP TABLE number_span AS
SELECT msisdn, start_us, coalesce(end_us, 9223372036854775807) AS end_us,
  CAST(md5_number_lower(company_id) % {buckets} AS INTEGER) AS bucket FROM spans_given"""

# One match over the whole line tells the well-formed ones, nearly all, from those that deserve a closer look.
_CLEAN = (
    "R;[!-:<-~]{1,80};(?:voice|sms|mms|data);(?:out|in);\\+[1-9][0-9]{6,14};(?:\\+?[0-9]{2,15})?;"
    "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]{1,6})?Z;[0-9]{1,18};[0-9]{1,18};(?:[0-9]{5,6})?"
)

LINES = """CREATE OR REPLACE TEMP TABLE line AS
SELECT line FROM read_csv({source}, columns = {{'line': 'VARCHAR'}}, delim = E'\\x01', quote = '', escape = '', header = false,
  auto_detect = false,
  compression = 'none', max_line_size = {longest}, nullstr = '\\x02')"""

LINES_OF_PARQUET = """CREATE OR REPLACE TEMP TABLE line AS
SELECT concat_ws(';', 'R', coalesce(CAST(record_id AS VARCHAR), ''), coalesce(CAST(service AS VARCHAR), ''),
  coalesce(CAST(direction AS VARCHAR), ''),
  coalesce(CAST(served_number AS VARCHAR), ''), coalesce(CAST(other_party AS VARCHAR), ''),
  coalesce(strftime(CAST(start_at AS TIMESTAMP), '%Y-%m-%dT%H:%M:%S.%fZ'), ''), coalesce(CAST(duration_seconds AS VARCHAR), ''),
  coalesce(CAST(volume_bytes AS VARCHAR), ''), coalesce(CAST(visited_network AS VARCHAR), '')) AS line
FROM read_parquet({source})"""

FIRST_LINE = "SELECT line FROM line WHERE rowid = (SELECT min(rowid) FROM line)"
TRAILERS = """SELECT rowid, line, rowid = (SELECT max(rowid) FROM line WHERE line <> '') AS is_last
FROM line WHERE starts_with(line, 'T;') ORDER BY rowid DESC LIMIT 1"""


def fields(*, header_row: int, trailer_row: int) -> str:
    """Return the statement that splits every line but header, trailer and empty ones."""
    return f"""CREATE OR REPLACE TEMP TABLE field AS
    SELECT line_number, is_clean, f[1] AS mark, len(f) AS field_count, f[2] AS record_id, f[3] AS service, f[4] AS direction,
      f[5] AS served_number,
           f[6] AS other_party, f[7] AS start_at, f[8] AS duration_seconds, f[9] AS volume_bytes, f[10] AS visited_network
    FROM (SELECT rowid AS line_number, string_split(line, '{layout.DELIMITER}') AS f, regexp_full_match(line,
      {pricebook.literal(_CLEAN)}) AS is_clean
          FROM line WHERE rowid NOT IN ({header_row}, {trailer_row}) AND line <> '')"""


SUMS = """SELECT count(*), coalesce(sum(TRY_CAST(duration_seconds AS HUGEINT)), 0),
    coalesce(sum(TRY_CAST(volume_bytes AS HUGEINT)), 0) FROM field"""


def parsed(*, at: dt.datetime) -> str:
    """Return the statement that types each record and says what is wrong with it, the first cause in the documented order."""
    services = ", ".join(f"'{service}'" for service in layout.SERVICES)
    latest = int(at.timestamp()) * 1_000_000 + 86_400_000_000
    return f"""CREATE OR REPLACE TEMP TABLE parsed AS
    WITH typed AS (
      SELECT *, TRY_CAST(substr(served_number, 2) AS BIGINT) AS msisdn, TRY_CAST(start_at AS TIMESTAMP) AS instant,
             TRY_CAST(duration_seconds AS BIGINT) AS seconds, TRY_CAST(volume_bytes AS BIGINT) AS octets
      FROM field
    ), judged AS (
      SELECT *, CASE WHEN NOT is_clean THEN CASE
        WHEN coalesce(field_count <> {layout.FIELDS} OR mark <> 'R' OR NOT regexp_full_match(record_id, '[!-:<-~]{{1,80}}'), true)
          THEN 'malformed_line'
        WHEN service NOT IN ({services}) OR direction NOT IN ('out', 'in') THEN 'unknown_event'
        WHEN NOT regexp_full_match(served_number, '\\+[1-9][0-9]{{6,14}}') THEN 'bad_served_number'
        WHEN NOT regexp_full_match(other_party, '(?:\\+?[0-9]{{2,15}})?') THEN 'bad_other_party'
        WHEN NOT regexp_full_match(start_at, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(?:\\.[0-9]{{1,6}})?Z')
          THEN 'bad_instant'
        WHEN NOT regexp_full_match(duration_seconds || ';' || volume_bytes, '-?[0-9]{{1,18}};-?[0-9]{{1,18}}') THEN 'bad_quantity'
        WHEN seconds < 0 OR octets < 0 THEN 'negative_quantity'
        ELSE 'bad_network' END
      WHEN instant IS NULL THEN 'bad_instant'
      WHEN other_party = '' AND service <> 'data' THEN 'bad_other_party'
      WHEN instant < TIMESTAMP '2000-01-01' OR epoch_us(instant) > {latest} THEN 'impossible_date'
      WHEN (service = 'voice' AND seconds > {layout.MAXIMUM_DURATION_SECONDS}) OR octets > {layout.MAXIMUM_VOLUME_BYTES}
        THEN 'impossible_quantity'
      END AS reason FROM typed
    ), identified AS (
      SELECT j.* EXCLUDE (record_id), CASE WHEN reason IS NOT NULL THEN l.line END AS line,
             CASE WHEN reason = 'malformed_line' THEN 'line:' || md5(l.line) ELSE record_id END AS record_id
      FROM judged j LEFT JOIN line l ON j.reason IS NOT NULL AND l.rowid = j.line_number
    )
    SELECT i.line_number, i.record_id, CAST(md5_number_lower(i.record_id) >> 1 AS BIGINT) AS record_key, i.service, i.direction,
           CASE WHEN i.reason = 'malformed_line' THEN NULL ELSE i.msisdn END AS served_msisdn,
           CASE WHEN i.service = 'data' THEN NULL ELSE i.other_party END AS other_party,
           i.instant AS start_at, i.seconds AS duration_seconds, i.octets AS volume_bytes, nullif(i.visited_network, '') AS visited_network,
           i.line, i.reason, s.bucket
    FROM identified i LEFT JOIN number_span s ON s.msisdn = i.msisdn AND s.start_us <= epoch_us(i.instant)
      AND epoch_us(i.instant) < s.end_us"""


_CONTENT = (
    "service",
    "direction",
    "served_msisdn",
    "other_party",
    "start_at",
    "duration_seconds",
    "volume_bytes",
    "visited_network",
    "line",
)


def _same(left: str, right: str) -> str:
    return " AND ".join(f"{left}.{column} IS NOT DISTINCT FROM {right}.{column}" for column in _CONTENT)


def repeated_inside() -> str:
    """Return the statement that finds, inside the file, the later ones of records with one id."""
    return f"""CREATE OR REPLACE TEMP TABLE repeat AS
    WITH several AS (
      SELECT p.* FROM parsed p WHERE p.record_key IN (SELECT record_key FROM parsed GROUP BY record_key HAVING count(*) > 1)
    ), first AS (
      SELECT * FROM several QUALIFY row_number() OVER (PARTITION BY record_id ORDER BY line_number) = 1
    )
    SELECT s.line_number, {_same("s", "f")} AS is_same FROM several s JOIN first f ON f.record_id = s.record_id
      WHERE s.line_number > f.line_number"""


def repeated_before(files: Sequence[pathlib.Path]) -> str:
    """Return the statement that finds the records that the log already has, by their ids."""
    if not files:
        return "CREATE OR REPLACE TEMP TABLE earlier AS SELECT CAST(NULL AS BIGINT) AS line_number, false AS is_same LIMIT 0"
    listed = ", ".join(pricebook.literal(path) for path in files)
    return f"""CREATE OR REPLACE TEMP TABLE earlier AS
    SELECT p.line_number, bool_or({_same("p", "k")}) AS is_same
    FROM read_parquet([{listed}], union_by_name = true, hive_partitioning = false) k JOIN parsed p ON p.record_key = k.record_key
      AND p.record_id = k.record_id
    GROUP BY p.line_number"""


def sorted_records(months: Sequence[tuple[str, int, int]]) -> str:
    """Return the statement that says of each record what it is: accepted, suspended with its reason, or a duplicate."""
    cycle = " ".join(f"WHEN p.start_at < make_timestamp({end * 1_000_000}) THEN '{name}'" for name, _, end in months)
    return f"""CREATE OR REPLACE TEMP TABLE sorted AS
    SELECT p.record_id, p.record_key, p.service, p.direction, p.served_msisdn, p.other_party, p.start_at, p.duration_seconds,
      p.volume_bytes,
           p.visited_network, p.line,
           CASE WHEN e.is_same OR r.is_same THEN 'duplicate'
                WHEN e.line_number IS NOT NULL OR r.line_number IS NOT NULL OR p.reason IS NOT NULL OR p.bucket IS NULL THEN 'suspended'
                ELSE 'accepted' END AS kind,
           CASE WHEN e.is_same OR r.is_same THEN NULL
                WHEN e.line_number IS NOT NULL OR r.line_number IS NOT NULL THEN 'same_id_other_content'
                WHEN p.reason IS NOT NULL THEN p.reason WHEN p.bucket IS NULL THEN 'unknown_line' END AS reason,
           CASE WHEN p.reason IS NULL THEN CASE {cycle} END ELSE 'none' END AS cycle, coalesce(p.bucket, 0) AS bucket
    FROM parsed p LEFT JOIN earlier e ON e.line_number = p.line_number LEFT JOIN repeat r ON r.line_number = p.line_number"""


def sorted_again(files: Sequence[pathlib.Path], cycle: str) -> str:
    """Return the statement that sorts suspended records again: those whose number has a line now are accepted."""
    listed = ", ".join(pricebook.literal(path) for path in files)
    return f"""CREATE OR REPLACE TEMP TABLE sorted AS
    SELECT k.* EXCLUDE (reason), CASE WHEN k.reason = 'unknown_line' AND s.bucket IS NOT NULL THEN 'accepted' ELSE 'suspended' END AS kind,
           CASE WHEN k.reason = 'unknown_line' AND s.bucket IS NOT NULL THEN NULL ELSE k.reason END AS reason,
           {pricebook.literal(cycle)} AS cycle, coalesce(s.bucket, 0) AS bucket
    FROM read_parquet([{listed}], hive_partitioning = false) k
    LEFT JOIN number_span s ON s.msisdn = k.served_msisdn AND s.start_us <= epoch_us(k.start_at) AND epoch_us(k.start_at) < s.end_us"""


REASONS = "SELECT cycle, reason, count(*) FROM sorted WHERE kind = 'suspended' GROUP BY cycle, reason ORDER BY 1, 2"

PARTITIONS = """COPY (
  SELECT record_id, record_key, service, direction, served_msisdn, other_party, start_at, duration_seconds, volume_bytes,
    visited_network, line, reason,
         kind, cycle, CASE WHEN kind = 'accepted' THEN bucket // {per_shard} ELSE 0 END AS shard
  FROM sorted
) TO {folder} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, PARTITION_BY (kind, cycle, shard), WRITE_PARTITION_COLUMNS false)"""
