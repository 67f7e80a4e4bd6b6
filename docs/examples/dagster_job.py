"""Customer health scores every night, with Dagster: dagster dev -f dagster_job.py"""

import subprocess

from dagster import Definitions, Failure, In, Nothing, ScheduleDefinition, job, op

ROOT = "/opt/customer-health"
INPUT = "/srv/health-input"


def health(context, *arguments):
    """Run a verb of ./health; its exit code says what to mend (README, Verbs and exit codes)."""
    done = subprocess.run(
        ["./health", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    context.log.info(done.stdout)
    if done.returncode:
        raise Failure(f"./health {arguments[0]} ended with {done.returncode}: {done.stderr}")


@op
def score(context):
    health(context, "run", "--input", INPUT)


@op(ins={"scored": In(Nothing)})
def tell(context):
    health(context, "notify")


@job
def customer_health():
    tell(score())


nightly = ScheduleDefinition(job=customer_health, cron_schedule="30 4 * * *")
definitions = Definitions(jobs=[customer_health], schedules=[nightly])
