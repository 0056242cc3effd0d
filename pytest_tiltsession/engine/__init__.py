"""The gate: every change, whoever asks for it, is admitted, committed, journalled and judged here."""
