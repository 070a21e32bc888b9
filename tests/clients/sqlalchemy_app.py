"""SQLAlchemy and Alembic on the server at 127.0.0.1:<port>: tables are made, changed and used.

    sqlalchemy_app.py <port> <database> <driver: pymysql or mysqldb>
"""
import datetime
import decimal
import enum
import sys

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy.dialects import mysql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, declarative_base, relationship, selectinload

Base = declarative_base()


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


class Owner(Base):
    __tablename__ = "owner"
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String(40), nullable=False, unique=True)
    cars = relationship("Car", back_populates="owner", cascade="all, delete-orphan")


class Car(Base):
    __tablename__ = "car"
    id = sa.Column(sa.BigInteger, primary_key=True)
    plate = sa.Column(sa.String(20), nullable=False, index=True)
    colour = sa.Column(sa.Enum(Colour))
    price = sa.Column(sa.Numeric(10, 2))
    weight = sa.Column(mysql.DOUBLE)
    facts = sa.Column(sa.JSON)
    photo = sa.Column(sa.LargeBinary)
    built = sa.Column(sa.DateTime)
    sold = sa.Column(mysql.DATETIME(fsp=6))
    note = sa.Column(sa.Text)
    owner_id = sa.Column(sa.ForeignKey("owner.id"))
    owner = relationship(Owner, back_populates="cars")


def fill(engine):
    with Session(engine) as session:
        for i in range(5):
            owner = Owner(name=f"owner {i} \u00e9\U0001f697")
            for k in range(i):
                owner.cars.append(Car(plate=f"P{i}-{k}", colour=Colour.RED if k % 2 else Colour.BLUE,
                                      price=decimal.Decimal("100.25") * (i + k), weight=1.5 * k,
                                      facts={"k": [k, None, "x'\"\\"]}, photo=bytes(range(256)),
                                      built=datetime.datetime(2020, 1, 2, 3, 4, 5),
                                      sold=datetime.datetime(2020, 1, 2, 3, 4, 5, 678901), note="n" * 1000))
            session.add(owner)
        session.commit()
        session.add(Owner(name="owner 1 \u00e9\U0001f697"))
        try:
            session.flush()
            sys.exit("two owners of one name")
        except IntegrityError:
            session.rollback()


def ask(engine):
    with Session(engine) as session:
        owners = session.scalars(sa.select(Owner).options(selectinload(Owner.cars)).order_by(Owner.id)).all()
        assert [len(o.cars) for o in owners] == [0, 1, 2, 3, 4]
        car = owners[3].cars[1]
        assert (car.colour, car.price, car.weight) == (Colour.RED, decimal.Decimal("401.00"), 1.5)
        assert car.facts == {"k": [1, None, "x'\"\\"]} and car.photo == bytes(range(256))
        assert car.sold.microsecond == 678901
        total = session.execute(sa.select(Owner.name, sa.func.count(Car.id)).join(Car, isouter=True)
                                .group_by(Owner.id, Owner.name).having(sa.func.count(Car.id) > 2)
                                .order_by(Owner.id)).all()
        assert [n for _, n in total] == [3, 4]
        rich = sa.select(Car.id).where(Car.price > sa.select(sa.func.avg(Car.price)).scalar_subquery())
        assert len(session.execute(rich).all()) == 4
        with session.begin_nested():
            session.execute(sa.update(Car).where(Car.plate.like("P4%")).values(price=Car.price + 1)
                            .execution_options(synchronize_session=False))
        nested = session.begin_nested()
        session.execute(sa.delete(Car).execution_options(synchronize_session=False))
        nested.rollback()
        session.execute(mysql.insert(Owner).values(id=1, name="again").on_duplicate_key_update(name="upserted"))
        session.delete(owners[2])
        session.execute(sa.select(Owner).where(Owner.id == 1).with_for_update()).all()
        session.commit()
        assert session.scalar(sa.select(sa.func.count()).select_from(Car)) == 8
        assert session.get(Owner, 1).name == "upserted"


def change(engine):
    """Operations as a migration has them."""
    with engine.connect() as connection:
        op = Operations(MigrationContext.configure(connection))
        op.add_column("car", sa.Column("seats", sa.Integer, nullable=False, server_default="4"))
        op.add_column("owner", sa.Column("email", sa.String(50)))
        op.create_index("owner_email", "owner", ["email"], unique=True)
        op.alter_column("car", "note", existing_type=sa.Text, type_=mysql.LONGTEXT, existing_nullable=True)
        op.alter_column("car", "plate", existing_type=sa.String(20), type_=sa.String(30), nullable=False)
        op.alter_column("car", "weight", existing_type=mysql.DOUBLE, new_column_name="mass")
        op.drop_column("car", "photo")
        op.drop_index("ix_car_plate", "car")
        op.create_index("plate_price", "car", ["plate", "price"])
        op.create_table("wheel", sa.Column("car", sa.BigInteger, primary_key=True, autoincrement=False),
                        sa.Column("place", sa.SmallInteger, primary_key=True, autoincrement=False),
                        sa.Column("size", sa.Numeric(4, 1)), comment="four of them")
        op.bulk_insert(sa.table("wheel", sa.column("car"), sa.column("place"), sa.column("size")),
                       [{"car": c, "place": p, "size": 17.5} for c in range(3) for p in range(4)])
        op.rename_table("wheel", "wheels")
        op.execute("update car set seats = seats + id % 3")
        if hasattr(connection, "commit"):
            connection.commit()


def check(engine):
    inspector = sa.inspect(engine)
    assert sorted(inspector.get_table_names()) == ["car", "owner", "wheels"]
    columns = {c["name"]: c for c in inspector.get_columns("car")}
    assert set(columns) == {"id", "plate", "colour", "price", "mass", "facts", "built", "sold", "note", "owner_id",
                            "seats"}
    assert columns["plate"]["type"].length == 30 and columns["seats"]["nullable"] is False
    assert columns["sold"]["type"].fsp == 6 and columns["colour"]["type"].enums == ["RED", "BLUE"]
    assert inspector.get_pk_constraint("wheels")["constrained_columns"] == ["car", "place"]
    assert {i["name"]: i["unique"] for i in inspector.get_indexes("owner")} == {"name": True, "owner_email": True}
    assert inspector.get_table_comment("wheels") == {"text": "four of them"}
    assert inspector.has_table("owner") and not inspector.has_table("nothing")
    reflected = sa.MetaData()
    reflected.reflect(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), reflected) == []
        rows = connection.execute(sa.select(sa.func.count()).select_from(reflected.tables["wheels"])).scalar()
        assert rows == 12
        for level in ("READ COMMITTED", "REPEATABLE READ", "AUTOCOMMIT"):
            other = engine.connect().execution_options(isolation_level=level)
            assert other.execute(sa.text("select count(*) from car")).scalar() == 8
            other.close()


def main():
    port, database, driver = sys.argv[1:]
    engine = sa.create_engine(f"mysql+{driver}://root@127.0.0.1:{port}/{database}?charset=utf8mb4")
    Base.metadata.create_all(engine)
    fill(engine)
    ask(engine)
    change(engine)
    check(engine)


if __name__ == "__main__":
    main()
