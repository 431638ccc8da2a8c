"""The Celery app and the timetable. Each task runs in the cabinet that published it (`medidesk.tasks.CabinetTask`)."""

import os

from celery.signals import worker_init
from django.conf import settings
from kombu import Queue
from tenant_schemas_celery.app import CeleryApp

from medidesk.db.pooling import refuse_transaction_pooler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medidesk.settings")

app = CeleryApp("medidesk", task_cls="medidesk.tasks:CabinetTask")
app.set_default()
app.conf.update(
    broker_url=settings.REDIS_URL,
    broker_connection_retry_on_startup=True,
    # A killed worker's tasks come back after visibility_timeout (s); throttle 1 makes the sweep look every 10 s instead of every 100 s.
    broker_transport_options={"visibility_timeout": 600, "unacked_restore_throttle": 1, "global_keyprefix": "medidesk:"},
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_ignore_result=True,
    task_time_limit=300,
    task_serializer="json",
    accept_content=["json"],
    task_default_queue="default",
    task_queues=[Queue("default"), Queue("sync"), Queue("messages")],
    task_routes={"medidesk.messaging.tasks.*": {"queue": "messages"}, "integrations.tasks.*": {"queue": "sync"}},
    task_always_eager=settings.CELERY_TASK_ALWAYS_EAGER,
    task_eager_propagates=True,
    task_tenant_cache_seconds=30,
    worker_soft_shutdown_timeout=10,
    worker_enable_soft_shutdown_on_idle=True,
    worker_hijack_root_logger=False,
    timezone="UTC",
    beat_schedule_filename=str(settings.MEDIDESK_VAR / "beat-schedule"),
    beat_max_loop_interval=5,
    beat_schedule={
        "beat-pulse": {"task": "medidesk.tasks.note_pulse", "schedule": 10.0, "options": {"expires": 30}},
        "sweep-due": {"task": "medidesk.due.tasks.sweep", "schedule": 3.0, "options": {"expires": 10}},
        "restore-message-pointers": {
            "task": "medidesk.tasks.in_every_cabinet",
            "schedule": 6 * 3600.0,
            "args": ["medidesk.messaging.tasks.restore_message_pointers"],
        },
        "settle-waiting-list": {
            "task": "medidesk.tasks.in_every_cabinet",
            "schedule": 6 * 3600.0,
            "args": ["agenda.tasks.settle_waiting_list"],
        },
        "prepare-backup-sheets": {
            "task": "medidesk.tasks.in_every_cabinet",
            "schedule": 1800.0,
            "args": ["agenda.tasks.prepare_backup_sheet"],
        },
        "restore-shared-time": {
            "task": "medidesk.tasks.in_every_cabinet",
            "schedule": 6 * 3600.0,
            "args": ["agenda.tasks.restore_shared_time"],
        },
        "forget-kept-answers": {
            "task": "medidesk.tasks.in_every_cabinet",
            "schedule": 6 * 3600.0,
            "args": ["integrations.tasks.forget_kept_answers"],
        },
    },
)
app.autodiscover_tasks()


@worker_init.connect
def look_before_working(**_: object) -> None:
    """A worker refuses to start behind a transaction-mode pooler, as the web does."""
    refuse_transaction_pooler()
