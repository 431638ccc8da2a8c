"""Fields of forms that are not ours, in our clothes."""

from django import forms, template
from django.forms import BoundField
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def as_input(field: BoundField) -> SafeString:
    """The widget with the class of our inputs, without a placeholder that repeats the label."""
    field.field.widget.attrs.pop("placeholder", None)
    return field.as_widget(attrs={"class": "input"})


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Whether the label comes after the box."""
    return isinstance(field.field.widget, forms.CheckboxInput)
