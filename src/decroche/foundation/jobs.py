"""Keep the job queue healthy: revive what a killed worker left behind, forget what is long done."""

import structlog
from procrastinate.contrib.django import app

log = structlog.get_logger(__name__)

KEEP_FINISHED_HOURS = 72


@app.periodic(cron="* * * * *")
@app.task(name="decroche.retry_stalled", queue="house", queueing_lock="retry_stalled", pass_context=False)
async def retry_stalled(timestamp: int) -> None:  # noqa: ARG001
    """Give the jobs of workers that died back to the queue; a listener bears being run twice."""
    for job in await app.job_manager.get_stalled_jobs():
        log.warning("job of a dead worker put back", job_id=job.id, task=job.task_name)
        await app.job_manager.retry_job(job)


@app.periodic(cron="17 3 * * *")
@app.task(name="decroche.forget_finished", queue="house", queueing_lock="forget_finished")
async def forget_finished(timestamp: int) -> None:  # noqa: ARG001
    """Delete the rows of jobs that succeeded more than three days ago; failures are kept to be read."""
    await app.job_manager.delete_old_jobs(nb_hours=KEEP_FINISHED_HOURS)
