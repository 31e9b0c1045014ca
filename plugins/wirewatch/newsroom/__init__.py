"""The Newsroom: pages inside the Airflow UI that show what was reported, who had it first, and why we say so.

    request ─ access (Airflow's login and rights) ─▶ a page's route ─ named queries ─▶ pure preparation ─▶ template

Each page is one module with its routes. `access` is the only one that imports Airflow. The pages read and, for
editors, write through the warehouse room; feed text is hostile, so templates escape everything and nothing inline runs.
"""
