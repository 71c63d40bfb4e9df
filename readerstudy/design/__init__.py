"""Study design as pure functions: seeded orders, counterbalancing, washout, what a design lacks."""
