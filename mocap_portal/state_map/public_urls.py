"""Addresses of the districts' public pages."""

from django.urls import path, register_converter

from .views import public


class StateCode:
    """The six digits by which the state knows a district."""

    regex = "[0-9]{6}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(StateCode, "state_code")

app_name = "districts"

urlpatterns = [
    path("", public.districts, name="districts"),
    path("<state_code:code>/", public.district, name="district"),
    path("<state_code:code>/notice/<str:language>/", public.notice, name="notice"),
    path("<state_code:code>/notice/<str:language>/notice.pdf", public.notice_pdf, name="notice_pdf"),
]
