"""The writer's pages, without an account."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ..forms.public import OpenForm


@login_not_required
def start(request: HttpRequest) -> HttpResponse:
    return render(request, "concerns/public/start.html")


@login_not_required
def status(request: HttpRequest) -> HttpResponse:
    return render(request, "concerns/public/status.html", {"form": OpenForm()})
