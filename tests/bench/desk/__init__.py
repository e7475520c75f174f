"""What the benches of the desk stand on: its photos, its two pages and how they are watched."""
