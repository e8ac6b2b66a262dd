"""The SQL of rating, stage by stage. Amounts are whole micro-euros, instants whole (micro)seconds of the Unix epoch.

Stages (temporary tables): `staged` one row per record with its line, origin and epoch → `destined` with its price key →
`winner`, `price` the prices of the keys that occur → `segment` one row per record and band → `taken` with what each
allowance gave → `portion` one row per portion with its charge.
"""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

from come.usage.rating import compiled as compilation, pricebook, tables

STAGES = ("staged", "number_zone", "destined", "combination", "winner", "price", "segment", "eligible", "taken", "portion")

_SERVICE_INDEX = "CASE r.service " + " ".join(f"WHEN '{name}' THEN {index}" for index, name in enumerate(tables.SERVICES)) + " END"
_SERVICE_NAME = " ".join(f"WHEN {index} THEN '{name}'" for index, name in enumerate(tables.SERVICES))
_VOICE, _DATA = tables.SERVICES.index("voice"), tables.SERVICES.index("data")


def _stepwise(column: str, steps: Sequence[tuple[int, int]]) -> str:
    """Return the SQL of "the last value whose start is not after the column", from (start, value) in order."""
    branches = " ".join(f"WHEN {column} >= {start} THEN {value}" for start, value in reversed(steps[1:]))
    return f"CAST(CASE {branches} ELSE {steps[0][1]} END AS INTEGER)" if branches else f"CAST({steps[0][1]} AS INTEGER)"


def stage_records(records: Sequence[pathlib.Path], book: compilation.Compiled) -> str:
    """Return the statement that finds each record's line, origin, epoch and month."""
    epoch = _stepwise("start_second", [(item.start_second, item.number) for item in book.epochs])
    month = _stepwise("start_second", [(start, index) for index, (_, start, _) in enumerate(book.months)])
    files = ", ".join(pricebook.literal(path) for path in records)
    return f"""CREATE OR REPLACE TEMP TABLE staged AS
    WITH timed AS (
      SELECT record_id, record_key, CAST({_SERVICE_INDEX} AS INTEGER) AS service_index, direction = 'in' AS is_incoming, served_msisdn,
             coalesce(other_party, '') AS other_party, epoch_us(start_at) AS start_us, epoch_us(start_at) // 1000000 AS start_second,
             CASE r.service WHEN 'voice' THEN duration_seconds WHEN 'data' THEN volume_bytes ELSE 1 END AS quantity, visited_network
      FROM read_parquet([{files}], hive_partitioning = false) r
    ), placed AS (SELECT *, {epoch} AS epoch, {month} AS month_index FROM timed)
    SELECT row_number() OVER () AS row_index, p.record_id, p.record_key, p.service_index, p.is_incoming, p.other_party, p.start_us,
      p.start_second,
           p.quantity, p.epoch, p.month_index, s.line_index, s.account_index, s.company_index, s.contract_index, s.set_index,
             p.visited_network,
           CASE WHEN p.visited_network IS NULL OR p.visited_network = '' THEN {book.home_zone_index}
             ELSE n.origin_index END AS origin_index,
           CASE WHEN s.line_index IS NULL THEN 'unknown_line' WHEN s.is_without_tariff THEN 'no_tariff'
                WHEN p.visited_network <> '' AND n.origin_index IS NULL THEN 'unknown_network' END AS reason, p.served_msisdn
    FROM placed p
    LEFT JOIN line_span s ON s.msisdn = p.served_msisdn AND s.start_us <= p.start_us AND p.start_us < s.end_us
    LEFT JOIN network n ON n.mccmnc = p.visited_network AND n.epoch = p.epoch"""


def destinations(book: compilation.Compiled) -> list[str]:
    """Return the statements that find each record's destination by the longest prefix valid that day, then its price key."""
    head = max(book.prefix_lengths, default=1)
    joins, known_joins, choice, known = [], [], [], []
    for length in book.prefix_lengths:
        joins.append(
            f"LEFT JOIN (SELECT * FROM prefix WHERE length(prefix) = {length}) p{length} "
            f"ON p{length}.prefix = left(h.head, {length}) AND p{length}.epoch = h.epoch",
        )
        known_joins.append(
            f"LEFT JOIN (SELECT * FROM known_prefix WHERE length(prefix) = {length}) k{length} ON k{length}.prefix = left(h.head, {length})"
        )
        choice.append(f"p{length}.destination_index")
        known.append(f"k{length}.prefix IS NOT NULL")
    found = f"coalesce({', '.join(choice)})" if choice else "NULL"
    expired = f"({' OR '.join(known)})" if known else "false"
    short = f"left('{tables.SHORT_NUMBER_MARK}' || other_party, {head})"
    marked = f"CASE WHEN left(other_party, 1) = '+' THEN left(other_party, {head}) ELSE {short} END"
    return [
        f"""CREATE OR REPLACE TEMP TABLE number_zone AS
        WITH heads AS (
          SELECT DISTINCT {marked} AS head, epoch FROM staged WHERE reason IS NULL AND NOT is_incoming AND service_index <> {_DATA}
        ), chosen AS (SELECT h.head, h.epoch, CAST({found} AS INTEGER) AS destination_index FROM heads h {" ".join(joins)})
        SELECT h.head, h.epoch, h.destination_index, h.destination_index IS NULL AND {expired} AS is_expired
        FROM chosen h {" ".join(known_joins)}""",
        f"""CREATE OR REPLACE TEMP TABLE destined AS
        SELECT s.row_index, s.service_index, s.start_us, s.start_second, s.record_key, s.quantity, s.month_index, s.line_index,
          s.account_index, s.set_index,
               s.origin_index, CASE WHEN s.is_incoming THEN {compilation.INCOMING_INDEX} WHEN s.service_index = {_DATA}
                 THEN {compilation.ANY_INDEX}
                                    ELSE z.destination_index END AS destination_index,
               coalesce(s.reason, CASE WHEN s.is_incoming OR s.service_index = {_DATA} OR z.destination_index IS NOT NULL THEN NULL
                                       WHEN z.is_expired THEN 'expired_destination' ELSE 'unknown_destination' END) AS reason,
               CAST(s.contract_index AS BIGINT) * {1 << 38} + s.service_index * {1 << 36} + s.origin_index * {1 << 25}
               + CASE WHEN s.is_incoming THEN {compilation.INCOMING_INDEX} WHEN s.service_index = {_DATA} THEN {compilation.ANY_INDEX}
                      ELSE z.destination_index END * {1 << 12} + s.epoch AS combination
        FROM staged s
        LEFT JOIN number_zone z ON s.reason IS NULL AND NOT s.is_incoming AND s.service_index <> {_DATA} AND z.head = {marked}
          AND z.epoch = s.epoch""",
        f"""CREATE OR REPLACE TEMP TABLE combination AS
        SELECT combination, CAST(combination >> 38 AS INTEGER) AS contract_index, CAST((combination >> 36) & 3 AS INTEGER) AS service_index,
               CAST((combination >> 25) & {compilation.MAXIMUM_ORIGINS - 1} AS INTEGER) AS origin_index,
               CAST((combination >> 12) & {compilation.MAXIMUM_ZONES - 1} AS INTEGER) AS destination_index,
               CAST(combination & {compilation.MAXIMUM_EPOCHS - 1} AS INTEGER) AS epoch
        FROM (SELECT DISTINCT combination FROM destined WHERE reason IS NULL)""",
    ]


def prices() -> list[str]:
    """Return the statements that choose tariff, rate and negotiated price for each price key that occurs."""
    service = f"CASE w.service_index {_SERVICE_NAME} END"
    return [
        # The first layer (then ancestor, then exactness of zones) that prices the key.
        f"""CREATE OR REPLACE TEMP TABLE winner AS
        WITH variant AS (
          SELECT *, 0 AS inexactness, origin_index AS rate_origin, destination_index AS rate_destination FROM combination
          UNION ALL SELECT *, 1, origin_index, {compilation.ANY_INDEX} FROM combination
          UNION ALL SELECT *, 2, {compilation.ANY_INDEX}, destination_index FROM combination
          UNION ALL SELECT *, 3, {compilation.ANY_INDEX}, {compilation.ANY_INDEX} FROM combination
        ), priced AS (
          SELECT DISTINCT tariff_index, service_index, origin_index, destination_index, epoch FROM rate
        ), ranked AS (
          SELECT v.*, t.rank, t.depth, t.layer_code, t.is_plan, t.tariff_index, t.tariff_code,
                 row_number() OVER (PARTITION BY v.combination ORDER BY t.rank, t.depth, v.inexactness) AS place
          FROM variant v JOIN contract_tariff t ON t.contract_index = v.contract_index
          JOIN priced p ON p.tariff_index = t.tariff_index AND p.service_index = v.service_index AND p.origin_index = v.rate_origin
            AND p.destination_index = v.rate_destination AND p.epoch = v.epoch
        )
        SELECT r.combination, r.contract_index, r.service_index, r.origin_index, r.destination_index, r.epoch, r.rate_origin,
          r.rate_destination,
               r.layer_code, r.is_plan, r.tariff_index, r.tariff_code, calendar.calendar_index,
               EXISTS (SELECT 1 FROM rate b WHERE b.tariff_index = r.tariff_index AND b.service_index = r.service_index
                 AND b.origin_index = r.rate_origin
                 AND b.destination_index = r.rate_destination AND b.epoch = r.epoch AND b.band_code <> '') AS is_banded
        FROM ranked r JOIN tariff ON tariff.tariff_index = r.tariff_index JOIN calendar ON calendar.calendar_code = tariff.calendar_code
        WHERE r.place = 1""",
        f"""CREATE OR REPLACE TEMP TABLE price AS
        WITH bands AS (
          SELECT w.*, band.band_index, band.band_code FROM winner w JOIN band ON (NOT w.is_banded AND band.band_index = 0)
             OR (w.is_banded AND EXISTS (SELECT 1 FROM band_run n WHERE n.calendar_index = w.calendar_index
               AND n.band_index = band.band_index))
        ), rated AS (
          SELECT w.combination, w.band_index, w.contract_index, w.layer_code, w.is_plan, w.tariff_code, w.service_index, w.origin_index,
                 w.destination_index, w.epoch, r.*
          FROM bands w JOIN rate r ON r.tariff_index = w.tariff_index AND r.service_index = w.service_index
            AND r.origin_index = w.rate_origin
            AND r.destination_index = w.rate_destination AND r.epoch = w.epoch AND (r.band_code = w.band_code OR r.band_code = '')
          QUALIFY row_number() OVER (PARTITION BY w.combination, w.band_index ORDER BY r.band_code DESC) = 1
        ), negotiated AS (
          SELECT w.combination, w.band_index, o.override_id, o.kind, o.price_micro_eur AS new_price, o.price_quantity AS new_quantity,
                 o.reduction_ppm, o.clause
          FROM rated w JOIN contract c ON c.contract_index = w.contract_index
          JOIN override_rule o ON o.epoch = w.epoch AND o.scope_id = CASE o.scope WHEN 'account' THEN c.account_scope
            ELSE c.company_scope END
            AND ((o.tariff_code IS NULL AND w.is_plan) OR o.tariff_code IN (w.tariff_code, w.layer_code))
            AND (o.service IS NULL OR o.service = {service})
            AND (o.origin_index IS NULL OR o.origin_index = w.origin_index)
            AND (o.destination_index IS NULL OR o.destination_index = w.destination_index)
            AND (o.list_price_micro_eur IS NULL
                 OR (o.list_price_micro_eur = w.price_micro_eur AND o.list_price_quantity = w.price_quantity))
          QUALIFY row_number() OVER (PARTITION BY w.combination, w.band_index ORDER BY o.weight DESC, o.override_id) = 1
        ), factored AS (
          SELECT r.*, n.clause, coalesce(CASE n.kind WHEN 'percentage' THEN n.reduction_ppm END, 0) AS ppm, n.kind,
                 CAST(CASE n.kind WHEN 'amount' THEN n.new_price ELSE r.price_micro_eur END AS HUGEINT) AS base_price,
                 CAST(CASE n.kind WHEN 'amount' THEN n.new_quantity ELSE r.price_quantity END AS HUGEINT) AS base_quantity
          FROM rated r LEFT JOIN negotiated n ON n.combination = r.combination AND n.band_index = r.band_index
          WHERE n.kind IS DISTINCT FROM 'refused'
        ), fraction AS (
          SELECT *, base_price * (1000000 - ppm) AS numerator, base_quantity * 1000000 AS denominator,
                 greatest(gcd(base_price * (1000000 - ppm), base_quantity * 1000000), 1) AS divisor FROM factored
        )
        SELECT CAST(row_number() OVER () AS INTEGER) AS price_id, combination, band_index, tariff_code, first_increment, next_increment,
               CAST(numerator // divisor AS BIGINT) AS numerator, CAST(denominator // divisor AS BIGINT) AS denominator,
               {_reduced("connection_fee_micro_eur")} AS connection_fee, {_reduced("minimum_charge_micro_eur")} AS minimum_charge,
               {_reduced("maximum_charge_micro_eur")} AS maximum_charge, clause,
               price_micro_eur AS list_price_micro_eur, price_quantity AS list_price_quantity
        FROM fraction""",
    ]


def _reduced(column: str) -> str:
    """Return the SQL of an amount less the negotiated percentage, rounded half up to the micro-euro."""
    return f"CAST((CAST({column} AS HUGEINT) * (1000000 - ppm) * 2 + 1000000) // 2000000 AS BIGINT)"


# Above this many units nothing is rated: a record of two terabytes is refused at intake.
_MOST_UNITS = 1 << 41
NEEDS_WIDE = f"""SELECT coalesce(max((CAST(numerator AS HUGEINT) * 2 + 1) * denominator), 0) >= {1 << 62}
    OR coalesce(max(CAST(numerator AS HUGEINT) * {_MOST_UNITS} // denominator), 0) >= {1 << 62} FROM price"""


def segments(book: compilation.Compiled) -> list[str]:
    """Return the statements that split voice where it crosses bands and count units by increments."""
    in_band = f"w.is_banded AND d.service_index = {_VOICE} AND d.start_second + d.quantity > m.end_second"
    whole = """CASE WHEN d.quantity = 0 THEN 0 WHEN d.quantity <= f.first_increment THEN f.first_increment
        ELSE f.first_increment + (d.quantity - f.first_increment + f.next_increment - 1) // f.next_increment * f.next_increment END"""
    if not book.has_bands:
        band_join, band_index, crosses = "", "0", "false"
    else:
        band_join = (
            "LEFT JOIN band_minute m ON w.is_banded AND m.minute_key = CAST(w.calendar_index AS BIGINT) * 4294967296 + d.start_second // 60"
        )
        band_index, crosses = "CASE WHEN w.is_banded THEN m.band_index ELSE 0 END", f"coalesce({in_band}, false)"
    located = f"""SELECT d.row_index, d.start_us, d.start_second, d.record_key, d.quantity, d.month_index, d.line_index,
        d.account_index, d.set_index, d.service_index,
             d.origin_index, d.destination_index, d.combination, w.calendar_index, {band_index} AS band_index, {crosses} AS is_crossing
      FROM destined d JOIN winner w ON w.combination = d.combination {band_join} WHERE d.reason IS NULL"""
    kept = (
        "d.row_index, d.start_us, d.record_key, d.month_index, d.line_index, d.account_index, d.set_index, "
        "d.service_index, d.origin_index, d.destination_index"
    )
    statements = [
        f"""CREATE OR REPLACE TEMP TABLE segment AS
        WITH located AS ({located})
        SELECT {kept}, CAST(0 AS INTEGER) AS segment_number, d.is_crossing, f.price_id, f.price_id AS first_price_id, d.band_index,
          d.quantity,
               CAST({whole} AS BIGINT) AS units, d.start_second, d.calendar_index, d.combination
        FROM located d JOIN price f ON f.combination = d.combination AND f.band_index = d.band_index""",
    ]
    if book.has_bands:
        # Only the few calls that cross a band: their parts, the last one bearing the seconds added by the increments.
        statements += [
            """CREATE OR REPLACE TEMP TABLE crossing AS
            SELECT s.* EXCLUDE (segment_number, price_id, band_index, quantity, units), s.quantity AS whole_quantity,
              s.units AS whole_units,
                   CAST(row_number() OVER (PARTITION BY s.row_index ORDER BY n.start_second) - 1 AS INTEGER) AS segment_number,
                   n.start_second = max(n.start_second) OVER (PARTITION BY s.row_index) AS is_last, n.band_index,
                   least(n.end_second, s.start_second + s.quantity) - greatest(n.start_second, s.start_second) AS part
            FROM segment s JOIN band_run n ON n.calendar_index = s.calendar_index AND n.start_second < s.start_second + s.quantity
              AND n.end_second > s.start_second
            WHERE s.is_crossing""",
            """CREATE OR REPLACE TEMP TABLE crossed AS
            SELECT c.row_index, c.start_us, c.record_key, c.month_index, c.line_index, c.account_index, c.set_index, c.service_index,
              c.origin_index,
                   c.destination_index, c.segment_number, true AS is_crossing, p.price_id, c.first_price_id, c.band_index,
                     c.part AS quantity,
                   c.part + CASE WHEN c.is_last THEN c.whole_units - c.whole_quantity ELSE 0 END AS units,
                   c.start_second, c.calendar_index, c.combination
            FROM crossing c LEFT JOIN price p ON p.combination = c.combination AND p.band_index = c.band_index""",
            "DELETE FROM segment WHERE is_crossing",
            # A band without a price suspends the whole call: nothing of it is given for nothing.
            """INSERT INTO segment SELECT * FROM crossed
            WHERE row_index NOT IN (SELECT row_index FROM crossed WHERE price_id IS NULL)""",
            "DROP TABLE crossing",
            "DROP TABLE crossed",
        ]
    return statements


def allowances(book: compilation.Compiled) -> list[str]:
    """Return the statements that consume allowances, pass by pass, each in order of (start, record key)."""
    statements = [
        """CREATE OR REPLACE TEMP TABLE eligible AS
        SELECT c.set_index, c.service_index, c.origin_index, c.destination_index, a.level, a.allowance_index, a.scope = 'line' AS is_own
        FROM (SELECT DISTINCT set_index, service_index, origin_index, destination_index FROM segment) c
        JOIN set_member m ON m.set_index = c.set_index
        JOIN allowance a ON a.allowance_index = m.allowance_index AND a.service_index = c.service_index
        WHERE (NOT a.has_destinations OR EXISTS (SELECT 1 FROM allowance_zone z WHERE z.allowance_index = a.allowance_index
                 AND z.kind = 'destination' AND z.zone_index = c.destination_index))
          AND (NOT a.has_origins OR EXISTS (SELECT 1 FROM allowance_zone z WHERE z.allowance_index = a.allowance_index
                 AND z.kind = 'origin' AND z.zone_index = c.origin_index))""",
        "CREATE OR REPLACE TEMP TABLE taken AS SELECT *, units AS remaining FROM segment",
    ]
    for level in range(book.allowance_levels):
        statements += _allowance_pass(level)
    return statements


def _allowance_pass(level: int) -> list[str]:
    """Return one pass. Buckets that cannot run out need no order, which spares most records the sort."""
    return [
        f"""CREATE OR REPLACE TEMP TABLE wanted AS
        SELECT t.*, e.allowance_index, CASE WHEN e.is_own THEN t.line_index ELSE t.account_index END AS owner_index
        FROM taken t LEFT JOIN eligible e ON e.level = {level} AND e.set_index = t.set_index AND e.service_index = t.service_index
          AND e.origin_index = t.origin_index AND e.destination_index = t.destination_index AND t.remaining > 0""",
        """CREATE OR REPLACE TEMP TABLE demand AS
        SELECT w.allowance_index, w.owner_index, w.month_index, coalesce(any_value(b.quantity), 0) AS quantity,
               CAST(sum(w.remaining) AS HUGEINT) > coalesce(any_value(b.quantity), 0) AS runs_out
        FROM (SELECT allowance_index, owner_index, month_index, sum(remaining) AS remaining FROM wanted
          WHERE allowance_index IS NOT NULL GROUP BY ALL) w
        LEFT JOIN bucket b ON b.allowance_index = w.allowance_index AND b.owner_index = w.owner_index AND b.month_index = w.month_index
        GROUP BY ALL""",
        """CREATE OR REPLACE TEMP TABLE ordered AS
        SELECT w.row_index, w.segment_number, CAST(least(w.remaining,
          greatest(d.quantity - (sum(w.remaining) OVER consumption - w.remaining), 0)) AS BIGINT) AS free
        FROM wanted w JOIN demand d ON d.allowance_index = w.allowance_index AND d.owner_index = w.owner_index
          AND d.month_index = w.month_index
        WHERE d.runs_out
        WINDOW consumption AS (PARTITION BY w.allowance_index, w.owner_index, w.month_index
          ORDER BY w.start_us, w.record_key, w.segment_number ROWS UNBOUNDED PRECEDING)""",
        f"""CREATE OR REPLACE TEMP TABLE taken AS
        SELECT w.* EXCLUDE (allowance_index, owner_index, remaining),
               CASE WHEN w.allowance_index IS NULL THEN w.remaining WHEN d.runs_out THEN w.remaining - o.free ELSE 0 END AS remaining,
               w.allowance_index AS allowance_{level},
               CASE WHEN w.allowance_index IS NULL THEN 0 WHEN d.runs_out THEN o.free ELSE w.remaining END AS free_{level}
        FROM wanted w
        LEFT JOIN demand d ON d.allowance_index = w.allowance_index AND d.owner_index = w.owner_index AND d.month_index = w.month_index
        LEFT JOIN ordered o ON d.runs_out AND o.row_index = w.row_index AND o.segment_number = w.segment_number""",
        "DROP TABLE wanted",
        "DROP TABLE demand",
        "DROP TABLE ordered",
    ]


def charges(*, is_wide: bool, levels: int) -> list[str]:
    """Return the statements that make one row per portion, with its charge."""
    number = "CAST(r.units AS HUGEINT)" if is_wide else "r.units"
    exact = f"""CAST({number} // p.denominator * p.numerator
        + ({number} % p.denominator * p.numerator * 2 + p.denominator) // (p.denominator * 2) AS BIGINT)"""
    free = "".join(f" + CASE WHEN free_{level} > 0 THEN 1 ELSE 0 END" for level in range(levels))
    given = (
        f"coalesce({', '.join(f'CASE WHEN free_{level} > 0 THEN allowance_{level} END' for level in range(levels))})" if levels else "NULL"
    )
    kept = "row_index, segment_number, price_id, first_price_id, band_index, is_crossing"
    several = [
        f"SELECT {kept}, {level} AS part, allowance_{level} AS allowance_index, free_{level} AS units FROM several WHERE free_{level} > 0"
        for level in range(levels)
    ]
    several.append(
        f"SELECT {kept}, {levels} AS part, CAST(NULL AS INTEGER) AS allowance_index, remaining AS units FROM several WHERE remaining > 0"
    )
    return [
        f"""CREATE OR REPLACE TEMP TABLE portion AS
        WITH counted AS (SELECT *, is_crossing OR (CASE WHEN remaining > 0 THEN 1 ELSE 0 END{free}) > 1 AS is_several FROM taken),
        single AS (
          SELECT row_index, CAST(0 AS INTEGER) AS portion_number, price_id, first_price_id, band_index, quantity, units,
            CAST({given} AS INTEGER) AS allowance_index
          FROM counted WHERE NOT is_several
        )
        SELECT r.row_index, r.portion_number, r.price_id, r.band_index, r.quantity, r.units, r.allowance_index,
               CASE WHEN r.allowance_index IS NULL AND r.units > 0 THEN p.connection_fee ELSE 0 END AS fee,
               CASE WHEN r.allowance_index IS NULL AND r.units > 0 THEN {exact} + p.connection_fee ELSE 0 END AS raw_charge,
               CASE WHEN r.allowance_index IS NULL AND r.units > 0
                 THEN least(greatest({exact} + p.connection_fee, p.minimum_charge), coalesce(p.maximum_charge, {1 << 62}))
                   ELSE 0 END AS charge
        FROM single r JOIN price p ON p.price_id = r.price_id""",
        f"""INSERT INTO portion
        WITH several AS (
          SELECT * FROM taken WHERE is_crossing OR (CASE WHEN remaining > 0 THEN 1 ELSE 0 END{free}) > 1
        ), parts AS ({" UNION ALL ".join(several)}),
        numbered AS (
          SELECT r.*, row_number() OVER record - 1 AS portion_number, r.allowance_index IS NULL AS is_charged,
                 {_used("r", "several_quantity")} AS quantity
          FROM (SELECT parts.*, s.quantity AS several_quantity, s.units AS several_units,
                       coalesce(sum(parts.units) OVER (PARTITION BY parts.row_index, parts.segment_number ORDER BY parts.part
                         ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS units_before
                FROM parts JOIN several s USING (row_index, segment_number)) r
          WINDOW record AS (PARTITION BY r.row_index ORDER BY r.segment_number, r.part)
        ), priced AS (
          SELECT r.row_index, r.portion_number, r.price_id, r.band_index, r.quantity, r.units, r.allowance_index, r.is_charged,
            f.minimum_charge, f.maximum_charge,
                 CASE WHEN r.is_charged AND row_number() OVER charged = 1 THEN f.connection_fee ELSE 0 END AS fee,
                 CASE WHEN r.is_charged THEN {exact} ELSE 0 END AS amount
          FROM numbered r JOIN price p ON p.price_id = r.price_id JOIN price f ON f.price_id = r.first_price_id
          WINDOW charged AS (PARTITION BY r.row_index, r.is_charged ORDER BY r.portion_number)
        ), summed AS (
          SELECT *, amount + fee AS raw_charge, sum(amount + fee) OVER whole AS total, sum(amount + fee) OVER so_far AS reached,
                 is_charged AND portion_number = max(CASE WHEN is_charged THEN portion_number END) OVER whole AS is_last_charged
          FROM priced WINDOW whole AS (PARTITION BY row_index), so_far AS (PARTITION BY row_index
            ORDER BY portion_number ROWS UNBOUNDED PRECEDING)
        )
        SELECT row_index, CAST(portion_number AS INTEGER), price_id, band_index, CAST(quantity AS BIGINT), CAST(units AS BIGINT),
          allowance_index, fee, raw_charge,
               CAST(CASE WHEN NOT is_charged THEN 0
                    WHEN total < minimum_charge THEN raw_charge + CASE WHEN is_last_charged THEN minimum_charge - total ELSE 0 END
                    WHEN total > maximum_charge THEN least(reached, maximum_charge) - least(reached - raw_charge, maximum_charge)
                    ELSE raw_charge END AS BIGINT)
        FROM summed""",
    ]


def _used(alias: str, quantity: str) -> str:
    """Return the SQL of the quantity really used inside a portion: its units, less those that increments added at the end."""
    return f"least({alias}.units, greatest({alias}.{quantity} - {alias}.units_before, 0))"


OUTPUT = f"""SELECT s.record_id, p.portion_number, month.cycle, line.line_id, account.account_id, company.company_id,
    CASE s.service_index {_SERVICE_NAME} END AS service, CASE WHEN s.is_incoming THEN 'in' ELSE 'out' END AS direction, s.other_party,
    make_timestamp(s.start_us) AS start_at, o.zone_code AS origin_zone,
    CASE WHEN s.service_index = {_DATA} AND NOT s.is_incoming THEN NULL ELSE z.zone_code END AS destination_zone,
    price.tariff_code, nullif(band.band_code, '') AS band_code, p.quantity, p.units, allowance.allowance_code,
    price.numerator AS price_numerator, price.denominator AS price_denominator, price.first_increment, price.next_increment,
      p.fee AS connection_fee_micro_eur,
    p.charge - p.raw_charge AS adjustment_micro_eur, p.charge AS charge_micro_eur, price.clause, price.list_price_micro_eur,
      price.list_price_quantity
    FROM staged s JOIN portion p ON p.row_index = s.row_index JOIN price ON price.price_id = p.price_id
    JOIN combination c ON c.combination = price.combination
    JOIN month ON month.month_index = s.month_index JOIN line ON line.line_index = s.line_index
    JOIN account ON account.account_index = s.account_index JOIN company ON company.company_index = s.company_index
    JOIN zone o ON o.zone_index = c.origin_index JOIN zone z ON z.zone_index = c.destination_index
    JOIN band ON band.band_index = p.band_index LEFT JOIN allowance ON allowance.allowance_index = p.allowance_index"""

SUSPENSE = """SELECT s.record_id, coalesce(d.reason, 'no_price') AS reason,
    CASE coalesce(d.reason, 'no_price') WHEN 'unknown_line' THEN '+' || CAST(s.served_msisdn AS VARCHAR) WHEN 'no_tariff' THEN line.line_id
      WHEN 'unknown_network' THEN s.visited_network WHEN 'no_price' THEN concat_ws(' ', o.zone_code, z.zone_code)
        ELSE s.other_party END AS detail
    FROM staged s JOIN destined d ON d.row_index = s.row_index LEFT JOIN line ON line.line_index = s.line_index
    LEFT JOIN zone o ON o.zone_index = d.origin_index LEFT JOIN zone z ON z.zone_index = d.destination_index
    WHERE NOT EXISTS (SELECT 1 FROM portion p WHERE p.row_index = s.row_index)"""

TOTALS = """SELECT (SELECT count(*) FROM staged), (SELECT count(*) FROM portion WHERE portion_number = 0),
    (SELECT coalesce(sum(charge), 0) FROM portion)"""
