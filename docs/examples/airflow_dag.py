"""Customer health scores every night, with Airflow 3: copy it into the folder of DAGs.

The worker needs the checkout at ROOT and always the same one, because the history is in it.
"""

from datetime import datetime

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

ROOT = "/opt/customer-health"
INPUT = "/srv/health-input"
BUSY = 6  # another run is at work: no failure, nothing was changed

with DAG(
    dag_id="customer_health",
    schedule="30 4 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,  # ./health run itself scores the days that were missed
    max_active_runs=1,
):
    run = BashOperator(
        task_id="run",
        bash_command=f"./health run --input {INPUT}",
        cwd=ROOT,
        skip_on_exit_code=BUSY,
    )
    notify = BashOperator(task_id="notify", bash_command="./health notify", cwd=ROOT)
    run >> notify
