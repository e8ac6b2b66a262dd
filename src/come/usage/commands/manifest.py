"""Name stored files in the manifest."""

from __future__ import annotations

from collections.abc import Sequence

from come.shared import bulk
from come.usage import models
from come.usage.intake import engine


def add_partitions(usage_file: models.UsageFile, stored: Sequence[engine.StoredFile]) -> None:
    """Write one manifest row per stored file, in the present transaction."""
    bulk.copy_rows(
        table="usage_usage_partition",
        columns=("usage_file_id", "kind", "cycle", "shard", "path", "sha256", "size_bytes", "records"),
        rows=[(usage_file.id, item.kind, item.cycle, item.shard, item.path, item.sha256, item.size_bytes, item.records) for item in stored],
    )
