"""Every periodic job, in one list. Each is safe to miss, to repeat and to run twice at once."""

from datetime import timedelta

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)

# (task, queue, every, why)
JOBS = (
    ("lending.sweep", "money", 10 * SECOND, "revive what a crash or a lost message left behind"),
    (
        "lending.expire",
        "default",
        MINUTE,
        "offers and applications past their time; old outbox rows",
    ),
    ("lending.reconcile", "money", HOUR, "our transfers against the core bank's statement"),
    ("lending.watch_decisions", "default", MINUTE, "decisions counted; shadows asked; alerts"),
    ("lending.count_fairness", "default", HOUR, "decisions of closed days by group, for the fairness page"),
    ("lending.close_finished_days", "eod", MINUTE, "every business date the calendar has left behind"),
    ("lending.send_reminders", "default", HOUR, "arrears: cases and reminders, once the date has rolled"),
    ("marketing.pull_lending_events", "marketing", 5 * SECOND, "the event feed into attempt rows"),
)

BEAT_SCHEDULE = {
    task: {
        "task": task,
        "schedule": every,
        # a job that waited longer than its own interval is void: the next one does its work
        "options": {"queue": queue, "expires": every.total_seconds()},
    }
    for task, queue, every, _ in JOBS
}
