"""Instalments: how the money is handed over, evidenced and reconciled."""
