"""Count, in the tables themselves, what must be true after a chaos; prints one JSON object. Run in a process of its own."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection

from come.shared import runtime

_COUNTS = {
    "orders": "SELECT count(*) FROM order_product_order",
    "lines": "SELECT count(*) FROM order_product_order_item",
    "lines_done": "SELECT count(*) FROM order_product_order_item WHERE state = 'completed'",
    # A line that neither ended nor says why it waits.
    "lines_unexplained": "SELECT count(*) FROM order_product_order_item item WHERE state NOT IN ('completed', 'cancelled') AND NOT EXISTS"
    " (SELECT 1 FROM order_step step WHERE step.item_id = item.id AND step.state = 'held' AND step.cause_code <> ''"
    " AND step.due_at IS NOT NULL AND step.incident_id IS NOT NULL)",
    "lines_held": "SELECT count(DISTINCT item_id) FROM order_step WHERE state = 'held'",
    "causes_held": "SELECT count(DISTINCT cause_signature) FROM order_step WHERE state = 'held'",
    "numbers_twice": "SELECT count(*) FROM (SELECT number_id FROM inventory_resource_assignment WHERE number_id IS NOT NULL"
    " AND end_at IS NULL GROUP BY 1 HAVING count(*) > 1) twice",
    "sims_twice": "SELECT count(*) FROM (SELECT sim_id FROM inventory_resource_assignment WHERE sim_id IS NOT NULL"
    " AND end_at IS NULL GROUP BY 1 HAVING count(*) > 1) twice",
    # One step, one effect: whatever was killed, lost or delivered twice.
    "effects_twice": "SELECT count(*) FROM (SELECT operation.system, operation.operation, operation.payload->>'order', operation.target"
    " FROM edges_network_simulated_operation operation WHERE operation.system IN ('network', 'portability', 'logistics')"
    " GROUP BY 1, 2, 3, 4 HAVING count(*) > 1) twice",
    "effects_unasked": "SELECT count(*) FROM edges_network_simulated_operation operation"
    " WHERE NOT EXISTS (SELECT 1 FROM order_outbox_message message WHERE message.key = operation.key)",
    "successes_without_effect": "SELECT count(*) FROM order_step step JOIN order_outbox_message message ON message.id = step.message_id"
    " WHERE step.state = 'done' AND step.adapter IN ('network', 'portability', 'logistics')"
    " AND NOT EXISTS (SELECT 1 FROM edges_network_simulated_operation operation WHERE operation.key = message.key)",
    "deliveries_twice": "SELECT coalesce(sum(deliveries - 1), 0) FROM edges_network_simulated_operation",
    "messages_sent_again": "SELECT count(*) FROM order_outbox_message WHERE attempts > 1",
    "messages_open": "SELECT count(*) FROM order_outbox_message WHERE state IN ('pending', 'sending', 'sent')",
    "steps_ready": "SELECT count(*) FROM order_step WHERE state IN ('ready', 'sent')",
    "incidents": "SELECT count(*) FROM ticket_trouble_ticket",
}
_PROMISES = (
    "SELECT id, md5(row(order_id, item_id, subject, promised_date, previous_date, made_at, reason_fr, evidence)::text) FROM order_promise"
)


def look() -> dict[str, Any]:
    """Return the counts, the held causes with their numbers of lines, and every promise with the hash of what it says."""
    from come.edges.network import reconciliation  # noqa: PLC0415 - it needs the models

    with connection.cursor() as cursor:
        found: dict[str, Any] = {}
        for name, sql in _COUNTS.items():
            cursor.execute(sql)
            found[name] = int(cursor.fetchone()[0])
        cursor.execute("SELECT cause_code, count(*) FROM order_step WHERE state = 'held' GROUP BY 1 ORDER BY 2 DESC, 1")
        found["causes"] = {str(code): int(count) for code, count in cursor.fetchall()}
        cursor.execute("SELECT DISTINCT cause_signature FROM order_step WHERE state = 'held' ORDER BY 1")
        found["signatures"] = [str(signature) for (signature,) in cursor.fetchall()]
        cursor.execute("SELECT reference, id FROM order_product_order")
        found["references"] = sorted(str(reference) for reference, _ in cursor.fetchall())
        cursor.execute(_PROMISES)
        found["promises"] = {str(number): str(said) for number, said in cursor.fetchall()}
    found["network_differences"] = len(reconciliation.differences())
    return found


if __name__ == "__main__":
    runtime.setup_django()
    print(json.dumps(look()))
