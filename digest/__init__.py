"""A newsletter and digest publishing service.

The way of an item, one room after the other::

    Source -collect-> Sighting -merge-> Resource -file-> (theme, reason) -window-> Draft
      -decisions-> Edition -render-> Artifact -publish-> Publication
                           -letter-> Letter -outbox-> Delivery -mailer-> Receipt

The map of the house stands in ``docs/explanation/house.md``.
"""

__version__ = "0.1.0"
