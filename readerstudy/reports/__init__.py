"""What leaves the system: tables, the export folder, its verification."""
