"""Tables as files (stand-in until merged)."""
import pandas as pd


def write_csv(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False).encode("utf-8-sig")
