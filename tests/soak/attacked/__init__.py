"""A whole local stack under attack: outlets that publish without end, a webhook, and aim at each of its processes."""
