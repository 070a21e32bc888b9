"""Django on the server at 127.0.0.1:<port>: migrates a model through several versions and works with it.

    django_app.py <port> <database> <directory for the application>

Each version is written as models.py, `makemigrations` makes the migration, `migrate` runs it.
"""
import os
import sys
import textwrap

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection

V1 = """
    from django.db import models

    class Author(models.Model):
        name = models.CharField(max_length=50, unique=True)
        born = models.DateField(null=True)

    class Book(models.Model):
        title = models.CharField(max_length=100)
        author = models.ForeignKey(Author, on_delete=models.CASCADE)
        price = models.DecimalField(max_digits=8, decimal_places=2, default=0)
        printed = models.DateTimeField(null=True)
        notes = models.TextField(default='')
"""
V2 = """
    from django.db import models

    class Author(models.Model):
        name = models.CharField(max_length=80, unique=True, db_index=True)
        email = models.EmailField(null=True)

    class Tag(models.Model):
        word = models.CharField(max_length=20, primary_key=True)

    class Book(models.Model):
        title = models.CharField(max_length=120, db_index=True)
        author = models.ForeignKey(Author, on_delete=models.CASCADE)
        price = models.DecimalField(max_digits=8, decimal_places=2, default=0)
        printed = models.DateTimeField(null=True)
        pages = models.PositiveIntegerField(default=1)
        facts = models.JSONField(default=dict)
        in_print = models.BooleanField(default=True)
        digest = models.BinaryField(null=True)
        weight = models.FloatField(null=True)
        length = models.DurationField(null=True)
        tags = models.ManyToManyField(Tag)

        class Meta:
            unique_together = [('author', 'title')]
            indexes = [models.Index(fields=['pages', 'price'], name='pages_price')]
"""
V3 = """
    from django.db import models

    class Author(models.Model):
        full_name = models.CharField(max_length=80, unique=True, db_index=True)
        email = models.EmailField(default='none@example.com')

    class Tag(models.Model):
        word = models.CharField(max_length=20, primary_key=True)

    class Work(models.Model):
        title = models.CharField(max_length=120)
        author = models.ForeignKey(Author, on_delete=models.CASCADE)
        price = models.DecimalField(max_digits=8, decimal_places=2, default=0)
        pages = models.PositiveIntegerField(default=1)
        facts = models.JSONField(default=dict)
        in_print = models.BooleanField(default=True)
        tags = models.ManyToManyField(Tag)

        class Meta:
            indexes = [models.Index(fields=['title'], name='by_title')]
"""
# What makemigrations would ask at a terminal.
RENAMES = """
    from django.db import migrations, models

    class Migration(migrations.Migration):
        dependencies = [('shelf', '0002_auto')]
        operations = [
            migrations.RenameField('author', 'name', 'full_name'),
            migrations.RenameModel('Book', 'Work'),
            migrations.AlterField('author', 'email', models.EmailField(default='none@example.com', max_length=254)),
        ]
"""


def write(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(textwrap.dedent(text))


def migrate(version):
    # models.py is another one now: a process of its own reads it.
    if os.fork() == 0:
        start()
        if version != "0003_renames":
            call_command("makemigrations", "shelf", name=version.split("_")[1], interactive=False, verbosity=0)
        call_command("migrate", interactive=False, verbosity=0)
        sys.stdout.flush()
        os._exit(0)
    if os.wait()[1] != 0:
        sys.exit(f"migration {version} failed")


def work(function):
    if os.fork() == 0:
        start()
        function()
        os._exit(0)
    if os.wait()[1] != 0:
        sys.exit(f"{function.__name__} failed")


def use_first():
    from shelf.models import Author, Book
    from django.db import IntegrityError, transaction
    from django.utils import timezone
    ann = Author.objects.create(name="Ann", born="1950-06-07")
    Author.objects.bulk_create(Author(name=f"Author {i}") for i in range(20))
    for i in range(10):
        Book.objects.create(title=f"Title {i}", author=ann, price="12.50", printed=timezone.now(), notes="n" * i)
    with transaction.atomic():
        Book.objects.filter(title__endswith="3").update(price=99)
    try:
        with transaction.atomic():
            Book.objects.all().delete()
            Author.objects.create(name="Ann")
        sys.exit("two authors of one name")
    except IntegrityError:
        pass
    assert Book.objects.filter(author__name="Ann", price__gt=50).count() == 1
    assert [b.title for b in Book.objects.order_by("-title")[:2]] == ["Title 9", "Title 8"]
    assert Author.objects.get_or_create(name="Ann")[1] is False


def use_second():
    from datetime import timedelta
    from django.db import transaction
    from django.db.models import Avg, Count, F, Q
    from shelf.models import Author, Book, Tag
    ann = Author.objects.select_for_update().filter(name="Ann")
    with transaction.atomic():
        ann = ann.get()
        ann.email = "ann@example.com"
        ann.save()
    tags = [Tag.objects.create(word=w) for w in ("red", "gr\u00fcn", "\U0001f600")]
    for i, book in enumerate(Book.objects.order_by("id")):
        book.facts = {"pages": i, "list": [1, "two", None]}
        book.digest = bytes(range(250, 256)) + bytes([0, i])
        book.weight = i / 4
        book.length = timedelta(days=i, microseconds=5)
        book.in_print = i % 2 == 0
        book.save()
        book.tags.set(tags[:i % 4])
    Book.objects.update(pages=F("pages") * 2 + 5)
    book = Book.objects.get(title="Title 7")
    assert (book.facts["list"], bytes(book.digest)[-1], book.weight, book.in_print) == ([1, "two", None], 7, 1.75, False)
    assert book.length == timedelta(days=7, microseconds=5)
    assert Book.objects.filter(tags__word="gr\u00fcn").distinct().count() == 4
    assert Author.objects.annotate(n=Count("book")).filter(n__gt=0).values_list("name", "n")[0] == ("Ann", 10)
    assert Book.objects.aggregate(Avg("pages"))["pages__avg"] == 7
    assert Book.objects.filter(Q(title__contains="1") | Q(price=99), in_print=False).count() == 2
    assert Book.objects.filter(facts__pages=4).count() == 1
    Book.objects.filter(title="Title 0").delete()
    assert Author.objects.filter(book__isnull=True).delete()[0] == 20


def use_third():
    from shelf.models import Author, Tag, Work
    bob = Author.objects.create(full_name="Bob")
    assert bob.email == "none@example.com"
    Work.objects.create(title="New", author=bob).tags.add(Tag.objects.get(word="red"))
    assert Work.objects.filter(author__full_name="Ann").count() == 9
    assert Work.objects.filter(tags__word="red").count() == 8
    Work.objects.filter(title="Title 2").delete()
    names = set(connection.introspection.table_names())
    assert {"shelf_author", "shelf_tag", "shelf_work", "shelf_work_tags", "django_migrations"} <= names, names
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, "shelf_work")
        columns = [c.name for c in connection.introspection.get_table_description(cursor, "shelf_work")]
    assert constraints["PRIMARY"]["primary_key"] and constraints["by_title"]["index"], constraints
    assert set(columns) == {"id", "title", "price", "pages", "facts", "in_print", "author_id"}, columns


def start():
    settings.configure(
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "shelf"],
        DATABASES={"default": {"ENGINE": "django.db.backends.mysql", "HOST": "127.0.0.1", "PORT": PORT, "USER": "root",
                               "NAME": DATABASE, "OPTIONS": {"charset": "utf8mb4"}}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", USE_TZ=True)
    django.setup()


def main():
    package = os.path.join(DIRECTORY, "shelf")
    os.makedirs(os.path.join(package, "migrations"))
    for name in ("__init__.py", "migrations/__init__.py"):
        write(os.path.join(package, name), "")
    sys.path.insert(0, DIRECTORY)
    models = os.path.join(package, "models.py")
    write(models, V1)
    migrate("0001_initial")
    work(use_first)
    write(models, V2)
    migrate("0002_auto")
    work(use_second)
    write(os.path.join(package, "migrations", "0003_renames.py"), RENAMES)
    write(models, V3)
    migrate("0003_renames")
    migrate("0004_last")
    work(use_third)


if __name__ == "__main__":
    PORT, DATABASE, DIRECTORY = sys.argv[1:]
    main()
