"""What leaves the tracking as files: the visits of a filter, and the numbered exports of a closed month."""
