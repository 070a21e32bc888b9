"""Django and SQLAlchemy migrate and use models on tidb-server while drainer follows."""
import os
import subprocess
import sys

import pytest

import sides
from follow import assert_sides_are_equal

HERE = os.path.dirname(os.path.abspath(__file__))


def run_application(cluster, name, *arguments):
    done = subprocess.run([sys.executable, "-W", "ignore", os.path.join(HERE, name), str(cluster.ports["tidb"]),
                           *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=300, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


def create_database(cluster, name):
    with sides.connect(cluster.ports["tidb"]).cursor() as cursor:
        cursor.execute(f"create database {name} character set utf8mb4")


def test_django(running, tmp_path):
    create_database(running, "shop")
    run_application(running, "django_app.py", "shop", tmp_path)
    assert_sides_are_equal(running, "shop")


@pytest.mark.parametrize("driver", ["pymysql", "mysqldb"])
def test_sqlalchemy(running, driver):
    create_database(running, "garage")
    run_application(running, "sqlalchemy_app.py", "garage", driver)
    assert_sides_are_equal(running, "garage")
