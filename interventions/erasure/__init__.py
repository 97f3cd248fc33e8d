"""Words of people that go for good: of a whole person, and of each kind once its time is over.

What counted still counts: visits, hours, kilometres, the journal and its seals stay. See docs/rgpd.md.
"""
